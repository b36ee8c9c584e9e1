import ChatCore
import ChatSecure

/// Files with keys, and what is said before TLS: what is read is what would be
/// written, and the same wherever it is cut.
enum Remembered {
  static func check(_ bytes: [UInt8]) throws(FuzzFinding) {
    let cuts = Cuts(bytes)
    if let server = try? KnownServer(text: cuts.data) {
      try hold(Array(server.text.utf8) == cuts.data, "two texts for one server")
    }
    if let key = try? PrivateKey(pem: cuts.data) {
      let again = try? PrivateKey(pem: Array(key.pem.utf8))
      try hold(again?.publicKey == key.publicKey, "another key when it is written")
    }
    let text = String(decoding: cuts.data, as: UTF8.self)
    if let print = Fingerprint(text) { try hold("\(print)" == text, "two texts for \(print)") }
    try hold(
      SignedForm.of(cuts.data) == nil || [49, 130, 146].contains(cuts.data.count),
      "a form too many")
    let whole = meet([cuts.data])
    let pieces = meet(cuts.chunks)
    // A greeting is all that came; in one read more may follow it.
    if whole == .offerSecure { try hold(pieces == .offerSecure, "a greeting in pieces is none") }
  }

  private static func meet(_ chunks: [[UInt8]]) -> FirstContact.Verdict? {
    var contact = FirstContact(at: .zero)
    for chunk in chunks {
      if let verdict = contact.receive(chunk, at: .zero) { return verdict }
    }
    return contact.end()
  }
}
