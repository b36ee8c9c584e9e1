import ChatCore
import Foundation
import Testing

@testable import ChatSecure

/// The bytes of keys in `docs/protocol.md` are those of the code.
@Suite struct SecurePageTests {
  /// What is behind `name` in the indented rows below the heading.
  private func value(_ name: String) throws -> String {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/protocol.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let start = try #require(lines.firstIndex(of: "## Encrypted or in clear"))
    let first = try #require(lines[start...].firstIndex { $0.hasPrefix("    \(name) ") })
    let rest = lines[(first + 1)...].prefix { $0.hasPrefix("              ") }
    return ([lines[first].dropFirst(4 + name.count)] + rest).joined(separator: "\n")
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    try value(name).split(separator: "\n").flatMap { line in
      // What is behind three blanks is for people.
      let hex = line.drop { $0 == " " }.split(separator: "   ").first ?? ""
      return hex.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }
  }

  @Test func keys() throws {
    let key = try PrivateKey(seed: bytes("seed"))
    #expect(try bytes("public key") == key.publicKey.bytes)
    #expect(try bytes("SPKI") == key.publicKey.subjectInfo)
    let print = try value("fingerprint").filter { $0 != " " }
    #expect(print == key.publicKey.fingerprint.description)
    #expect(try bytes("certificate") == key.certificate().der)
  }

  @Test func whatIsSigned() throws {
    let form = try bytes("signed")
    for length in [32, 48] {
      let hash = [UInt8](repeating: 1, count: length)
      #expect(SignedForm.of(form + hash) == .serverCertificateVerify)
    }
    #expect(SignedForm.of(form) == nil)
  }
}
