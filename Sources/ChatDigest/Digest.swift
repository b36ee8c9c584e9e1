/// What SHA-256 makes of some bytes (FIPS 180-4): 32 of its own. They are kept in
/// place, for there may be one for each of very many conversations.
package struct Digest: Hashable, Sendable {
  package static let length = 32

  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// 32 zero bytes: what comes before the first of a chain.
  package static let zero = Digest()

  private init() {}

  /// Of `bytes`.
  package init(of bytes: [UInt8]) {
    let hasher = SHA256()
    bytes.withUnsafeBytes { hasher.add($0) }
    self = hasher.finish()
  }

  /// `nil` for any other number of bytes than ``length``.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.length else { return nil }
    Swift.withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
  }

  /// `nil` for any other number of bytes than ``length``.
  package init?(bytes: [UInt8]) {
    guard let digest = bytes.withUnsafeBytes({ Digest($0) }) else { return nil }
    self = digest
  }

  /// Has `fill` write all the bytes.
  init(filledBy fill: (UnsafeMutableRawBufferPointer) -> Void) {
    Swift.withUnsafeMutableBytes(of: &words) { fill($0) }
  }

  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Swift.withUnsafeBytes(of: words) { body($0) }
  }

  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  package static func == (one: Digest, other: Digest) -> Bool { one.words == other.words }

  package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension Digest: CustomStringConvertible {
  /// 64 hexadecimal digits, as sha256sum(1) prints it.
  package var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
