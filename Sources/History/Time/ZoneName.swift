/// What `--tz` takes: `local`, `utc`, `±HH:MM`, or a name of the time zone
/// database such as `America/Los_Angeles`.
public enum ZoneName: Hashable, Sendable {
  case local
  case utc
  case fixed(seconds: Int)
  /// A path below the zone database, checked to stay there.
  case named(String)

  /// - Throws: ``ZoneError`` when `text` is none of these.
  public init(_ text: String) throws(ZoneError) {
    switch text.lowercased() {
    case "local": self = .local
    case "utc", "z", "gmt": self = .utc
    default:
      if let seconds = Self.offset(text) {
        self = .fixed(seconds: seconds)
      } else if Self.isSafe(text) {
        self = .named(text)
      } else {
        throw .malformed(text)
      }
    }
  }

  /// The zone of this name.
  ///
  /// - Parameters:
  ///   - environment: the value of TZ, where there is one (tzset(3)).
  ///   - readFile: gives the bytes of a file, `nil` when it has none.
  /// - Returns: its rules.
  /// - Throws: ``ZoneError`` when there is no such zone here. glibc would
  ///   silently take UTC.
  public func zone(
    environment: String?, readFile: (String) -> [UInt8]?
  ) throws(ZoneError) -> Zone {
    switch self {
    case .utc: return .utc
    case .fixed(let seconds): return .fixed(seconds: seconds)
    case .named(let name):
      guard let zone = Self.read("\(Self.directory)/\(name)", readFile) else {
        throw .unknown(name)
      }
      return zone
    case .local: return Self.local(environment, readFile)
    }
  }

  /// What the system takes for local time; UTC when nothing says otherwise.
  private static func local(_ environment: String?, _ readFile: (String) -> [UInt8]?) -> Zone {
    guard var value = environment else { return read("/etc/localtime", readFile) ?? .utc }
    if value.hasPrefix(":") { value.removeFirst() }
    if value.isEmpty { return .utc }
    if value.hasPrefix("/") { return read(value, readFile) ?? .utc }
    if isSafe(value), let zone = read("\(directory)/\(value)", readFile) { return zone }
    return PosixZoneRule(value).map(Zone.rule) ?? .utc
  }

  private static func read(_ path: String, _ readFile: (String) -> [UInt8]?) -> Zone? {
    readFile(path).flatMap { ZoneTable($0) }.map(Zone.table)
  }

  /// `±HH:MM`, `±HHMM` or `±HH`, in seconds; at most a day less a minute.
  static func offset(_ text: String) -> Int? {
    var rest = Substring(text).utf8
    guard let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
    else { return nil }
    var digits: [Int] = []
    for (index, byte) in rest.enumerated() {
      if byte == UInt8(ascii: ":"), index == 2, rest.count == 5 { continue }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      digits.append(Int(byte - UInt8(ascii: "0")))
    }
    guard digits.count == 2 || digits.count == 4 else { return nil }
    let hours = digits[0] * 10 + digits[1]
    let minutes = digits.count == 4 ? digits[2] * 10 + digits[3] : 0
    guard hours < 24, minutes < 60 else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return sign == UInt8(ascii: "-") ? -seconds : seconds
  }

  /// Whether a name stays below the zone database.
  private static func isSafe(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      !part.isEmpty && !part.hasPrefix(".")
        && part.utf8.allSatisfy { byte in
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
        }
    }
  }

  /// Where Linux keeps it, tzset(3).
  private static let directory = "/usr/share/zoneinfo"
}

/// Why there is no zone; carries the text that was given.
public enum ZoneError: Error, Hashable, Sendable {
  case malformed(String)
  /// A name that is not in this system's zone database.
  case unknown(String)
}
