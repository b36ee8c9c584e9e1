import ChatCore
import ChatDigest
import Foundation
import Testing

@testable import ChatSecure
@testable import Transcript

/// The example of a seal in `docs/transcript.md` is what is signed.
@Suite struct SealPageTests {
  /// The indented rows of the section, without what is for people.
  private func rows() throws -> [String] {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/transcript.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let start = try #require(lines.firstIndex(of: "## Seals"))
    return lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }.filter { $0.hasPrefix("    ") }
      .map { String($0.prefix { $0 != "#" }) }
  }

  private func bytes(_ text: some StringProtocol) -> [UInt8] {
    let digits = String(text.filter(\.isHexDigit))
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(digits.dropFirst($0).prefix(2), radix: 16)
    }
  }

  @Test func `the example is what is signed`() throws {
    let rows = try rows()
    let end = try #require(rows.firstIndex { $0.hasPrefix("    =") })
    let link = try #require(Digest(bytes: bytes(rows[end])))
    #expect(Digest(of: bytes(rows[..<end].joined())) == link)

    // RFC 8032, 7.1, test 1.
    let key = try PrivateKey(
      seed: bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    let head = try #require(Digest(bytes: Array(bytes(rows[end - 1]).suffix(32))))
    var seal = Seal(
      id: 1, at: Timestamp(milliseconds: 1_772_402_562_000), kind: .usual, lastEvent: 4,
      key: key.publicKey.bytes)
    seal.link = seal.link(
      after: nil, heads: [Seal.Head(conversation: 1, event: 4, link: head)])
    #expect(seal.link == link)
    #expect(seal.statement == bytes(rows[(end + 1)...(end + 2)].joined()))
    #expect(SignedForm.of(seal.statement) == .seal)
    let signer = try #require(rows[end + 3].split(separator: " ").last)
    #expect(bytes(signer) == key.publicKey.bytes)
    let signature = rows[(end + 4)...].joined().split(separator: " ").filter { $0 != "gives" }
    #expect(try bytes(signature.joined()) == key.sign(seal.statement))
  }
}
