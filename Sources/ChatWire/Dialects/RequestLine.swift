/// Whether a client begins as a web browser does: `POST /path HTTP/1.1` (RFC 9112, 3), `PRI *
/// HTTP/2.0` (RFC 9113, 3.4), or a program of that family, `DESCRIBE rtsp://… RTSP/1.0`.
///
/// Any page that somebody visits can have the browser send such a request to any
/// address and port, with lines of the page's own in its body. To a server that reads
/// lines, they would be a person's.
struct RequestLine: Sendable {
  enum Finding: Hashable {
    /// It is one: what follows is no person's.
    case found
    /// So far it is one, and names a target as nobody writes it who chats.
    case likely
    /// It may become one.
    case possible
    /// It is not.
    case absent
  }

  private enum Place {
    case method, target, version
  }

  /// Bytes of the longest method that is looked at; of those registered with IANA
  /// `UPDATEREDIRECTREF` is longest.
  private static let longestMethod = 32
  /// The same of a version.
  private static let longestVersion = 16

  private(set) var finding = Finding.possible
  private var place = Place.method
  private var method: [UInt8] = []
  /// How the target begins.
  private var target: [UInt8] = []
  private var version: [UInt8] = []

  /// Takes what follows of the stream.
  mutating func receive(_ bytes: [UInt8]) {
    for byte in bytes {
      if finding == .found || finding == .absent { return }
      take(byte)
    }
  }

  /// Nothing follows: what is there counts as a line.
  mutating func endOfFile() {
    if finding == .likely || finding == .possible { end() }
  }

  private mutating func take(_ byte: UInt8) {
    switch (byte, place) {
    // Rows before it are nothing, to a web server too (RFC 9112, 2.2).
    case (0x0d, .method), (0x0a, .method): if !method.isEmpty { finding = .absent }
    case (0x0d, .version) where isVersion: finding = .found
    case (0x0a, _): end()
    case (0, _): finding = .absent
    case (0x20, .method):
      place = .target
      if method.isEmpty { finding = .absent }
    case (0x20, .target), (0x20, .version):
      // A target has no space; where one has, the last word counts.
      place = .version
      version = []
    case (_, .method):
      method.append(byte)
      if method.count > Self.longestMethod || !Self.isToken(byte) { finding = .absent }
    case (_, .target):
      if target.count < Self.schemes[0].count { target.append(byte) }
      finding = isLikely ? .likely : .possible
    case (_, .version):
      if version.count <= Self.longestVersion { version.append(byte) }
    }
  }

  private mutating func end() {
    finding = place == .version && isVersion ? .found : .absent
  }

  /// `HTTP/1.1`, `HTTP/2`
  private var isVersion: Bool {
    guard version.count <= Self.longestVersion else { return false }
    let parts = version.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count > 1, parts[0].allSatisfy(Self.isCapital) else {
      return false
    }
    let numbers = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return numbers.count <= 2
      && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(Self.isDigit) }
  }

  private static let schemes = ["https://", "http://"].map { Array($0.utf8) }

  /// All methods that browsers send are capitals, and their targets a path, `*` or an address.
  private var isLikely: Bool {
    guard method.allSatisfy({ Self.isCapital($0) || $0 == UInt8(ascii: "-") }) else {
      return false
    }
    switch target.first {
    case UInt8(ascii: "/"), UInt8(ascii: "*"): return true
    default: return Self.schemes.contains { $0.starts(with: target) || target.starts(with: $0) }
    }
  }

  /// A letter, a digit or a sign that a method may have (RFC 9110, 5.6.2).
  private static func isToken(_ byte: UInt8) -> Bool {
    isCapital(byte) || isCapital(byte & 0xdf) || isDigit(byte)
      || "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }

  private static func isCapital(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
