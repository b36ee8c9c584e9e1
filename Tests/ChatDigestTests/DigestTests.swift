import ChatDigest
import Testing

@Suite struct DigestTests {
  /// FIPS 180-4's own examples
  /// (https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values),
  /// nothing, and more than a block of one byte.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func ofKnownBytes(_ text: String, _ expected: String) {
    #expect(Digest(of: Array(text.utf8)).description == expected)
  }

  @Test func inPiecesItIsTheSame() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let whole = Digest(of: bytes)
    let hasher = SHA256()
    for size in 1...bytes.count {
      var rest = bytes[...]
      while !rest.isEmpty {
        rest.prefix(size).withUnsafeBytes { hasher.add($0) }
        rest = rest.dropFirst(size)
      }
      // One hasher for all of them.
      #expect(hasher.finish() == whole)
    }
  }

  @Test func itsBytesMakeItAgain() throws {
    let digest = Digest(of: [1, 2, 3])
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(digest.bytes.count == Digest.length)
    #expect(Digest.zero.bytes == [UInt8](repeating: 0, count: Digest.length))
    for count in [0, 31, 33] { #expect(Digest(bytes: [UInt8](repeating: 0, count: count)) == nil) }
    for place in digest.bytes.indices {
      var other = digest.bytes
      other[place] ^= 1
      #expect(try #require(Digest(bytes: other)) != digest)
    }
  }
}
