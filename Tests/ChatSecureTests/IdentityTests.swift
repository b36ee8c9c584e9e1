import ChatCore
import ChatDigest
import Seeded
import Testing

@testable import ChatSecure

@Suite struct IdentityTests {
  /// Made by OpenSSL 3.0.19: `openssl genpkey -algorithm ed25519`, and of it
  /// `openssl pkey -pubout -outform DER | openssl dgst -sha256 -binary | base64`.
  private static let sample = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIIfReIrBmqAajzRzC1nQL3MlqDIwT7K6a+vx1+o96u7W
    -----END PRIVATE KEY-----

    """
  private static let print = "SHA256:911ChbxwBdEM0Oj6S1vD9oNX5WH7snIW0KNIEH81EtE"

  @Test func aKeyOfOpenSSLIsReadAndWrittenAlike() throws {
    let key = try PrivateKey(pem: Array(Self.sample.utf8))
    #expect(key.pem == Self.sample)
    #expect(key.publicKey.fingerprint.description == Self.print)
    let remarked = "Bag Attributes\n" + Self.sample.replacing("\n", with: "\r\n")
    #expect(try PrivateKey(pem: Array(remarked.utf8)).publicKey == key.publicKey)
  }

  @Test func aKeyThatIsNoneIsRefused() {
    let whole = Array(Self.sample.utf8)
    for cut in 0..<(whole.count - 1) {
      #expect(throws: PrivateKey.Damage.self) { try PrivateKey(pem: Array(whole[..<cut])) }
    }
    let rsa = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
    #expect(throws: PrivateKey.Damage.otherKind) { try PrivateKey(pem: Array(rsa.utf8)) }
    let encrypted = Self.sample.replacing("PRIVATE KEY", with: "ENCRYPTED PRIVATE KEY")
    #expect(throws: PrivateKey.Damage.notPEM) { try PrivateKey(pem: Array(encrypted.utf8)) }
    #expect(throws: PrivateKey.Damage.notPEM) {
      try PrivateKey(pem: whole + [UInt8](repeating: 10, count: 4096))
    }
  }

  @Test func aCertificateIsAlwaysTheSameBytes() throws {
    let key = try PrivateKey.random()
    let certificate = try key.certificate()
    #expect(try key.certificate() == certificate)
    #expect(try Certificate(der: certificate.der, of: key.publicKey) == certificate)
    let temporary = try key.certificate(isTemporary: true)
    #expect(temporary != certificate)
    #expect(try Certificate(der: temporary.der, of: key.publicKey) == temporary)
    let other = try PrivateKey.random().certificate()
    #expect(throws: SecureSetupError.self) {
      try Certificate(der: other.der, of: key.publicKey)
    }
    #expect(throws: SecureSetupError.self) { try Certificate(der: [], of: key.publicKey) }
    #expect(certificate.pem.hasPrefix("-----BEGIN CERTIFICATE-----\nMI"))
    #expect(certificate.pem.split(separator: "\n").allSatisfy { $0.utf8.count <= 64 })
  }

  /// The worked example of "The drunken bishop: An analysis of the OpenSSH
  /// fingerprint visualization algorithm" (Loss, Limmer, von Gernler 2009).
  @Test func theBishopWalksAsInOpenSSH() throws {
    let bytes: [UInt8] = [
      0xfc, 0x94, 0xb0, 0xc1, 0xe5, 0xb0, 0x98, 0x7c, 0x58, 0x43, 0x99, 0x76, 0x97, 0xee, 0x9f,
      0xb7,
    ]
    #expect(
      Fingerprint.walk(bytes) == [
        "       .=o.  .   ", "     . *+*. o    ", "      =.*..o     ", "       o + ..    ",
        "        S o.     ", "         o  .    ", "          .  . . ", "              o .",
        "               E.",
      ])
    let art = try PrivateKey.random().publicKey.fingerprint.randomart
    #expect(art.count == 11)
    #expect(art.allSatisfy { $0.utf8.count == 19 })
  }

  @Test func aFingerprintIsReadExactly() throws {
    let print = try PrivateKey.random().publicKey.fingerprint
    #expect(Fingerprint(print.description) == print)
    let text = print.description
    for wrong in [
      "", "SHA256:", text + "=", text + "A", String(text.dropLast()), " " + text,
      text.lowercased(), "MD5:" + text.dropFirst(7), String(text.dropLast()) + "B",
      String(text.dropLast()) + "\u{e9}",
    ] {
      // Of the last character only 4 bits are used: 16 of 64 are possible.
      #expect(Fingerprint(wrong) == nil, "\(wrong)")
    }
  }

  @Test func onlyAServersProofIsSigned() {
    let good =
      [UInt8](repeating: 0x20, count: 64) + Array("TLS 1.3, server CertificateVerify\0".utf8)
    for count in 0...64 {
      let bytes = good + [UInt8](repeating: 9, count: count)
      #expect(
        SignedForm.of(bytes) == ([32, 48].contains(count) ? .serverCertificateVerify : nil))
    }
    let whole = good + [UInt8](repeating: 9, count: 32)
    for at in good.indices {
      var changed = whole
      changed[at] ^= 1
      #expect(SignedForm.of(changed) == nil)
    }
    let client = good.count
    #expect(client == 98)
    #expect(
      SignedForm.of(
        [UInt8](repeating: 0x20, count: 64) + Array("TLS 1.3, client CertificateVerify\0".utf8)
          + [UInt8](repeating: 9, count: 32)) == nil)
  }

  /// Every length, with every name; so no seal is a handshake's signature, nor one a seal.
  @Test func aSealIsNoHandshakeAndOnlyASealIsOne() {
    let name = SealStatement.name
    #expect(String(decoding: name, as: UTF8.self) == "chatserve seal 1\0")
    for count in 0...300 {
      for rest in [0x20, 0x09] as [UInt8] {
        let bytes = name + [UInt8](repeating: rest, count: count)
        #expect(SignedForm.of(bytes) == (count == 32 ? .seal : nil))
        // What is shorter than a name, and what is all spaces, too.
        #expect(SignedForm.of(Array(bytes.prefix(count))) == nil || count == 49)
        #expect(SignedForm.of([UInt8](repeating: 0x20, count: count)) == nil)
      }
    }
    let whole = name + [UInt8](repeating: 9, count: 32)
    for at in name.indices {
      for bit in 0..<8 {
        var changed = whole
        changed[at] ^= 1 << bit
        #expect(SignedForm.of(changed) == nil)
      }
    }
  }

  @Test func aSignatureIsOfItsKeyAndMessage() throws {
    let (key, other) = (try PrivateKey.random(), try PrivateKey.random())
    let message = SealStatement.name + [UInt8](repeating: 9, count: 32)
    let signature = try key.sign(message)
    #expect(key.publicKey.hasSigned(message, signature))
    #expect(!other.publicKey.hasSigned(message, signature))
    #expect(!key.publicKey.hasSigned(message + [0], signature))
    for at in signature.indices {
      var changed = signature
      changed[at] ^= 1
      #expect(!key.publicKey.hasSigned(message, changed))
    }
    for wrong in [[], Array(signature.dropLast()), signature + [0]] as [[UInt8]] {
      #expect(!key.publicKey.hasSigned(message, wrong))
    }
    let nowhere = try #require(PublicKey([UInt8](repeating: 0xff, count: 32)))
    #expect(!nowhere.hasSigned(message, signature))
  }

  @Test func base64IsStrict() {
    for (bytes, text) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ] {
      #expect(Base64.encode(Array(bytes.utf8), isPadded: true) == text)
      #expect(Base64.decode(text.utf8, isPadded: true) == Array(bytes.utf8))
    }
    for wrong in ["Zh==", "Zg=", "Zg", "Z", "Zg==\n", "=Zg=", "Z===", "Zm9v="] {
      #expect(Base64.decode(wrong.utf8, isPadded: true) == nil, "\(wrong)")
    }
  }
}
