import ChatDigest
import ChatSecure
import Transcript

/// A seal as a line to be kept elsewhere:
/// `seal=12,event=431,time=2026-03-01T22:02:15.872Z,SHA256:…`. It has no sign that a shell
/// takes for its own.
struct SealLine: Hashable {
  let seal: Int64
  let text: String

  init(_ seal: Seal) {
    self.seal = seal.id
    let time = Stamp.full(seal.at, in: .utc)
    let link = Fingerprint(bytes: seal.link.bytes)?.description ?? ""
    text = "seal=\(seal.id),event=\(seal.lastEvent),time=\(time),\(link)"
  }

  /// `nil` for what does not look like one; whether there is such a seal, the transcript
  /// says.
  init?(_ text: String) {
    // As it is copied, and as a file whose lines end in CR LF has it.
    guard let end = text.lastIndex(where: { !$0.isWhitespace }) else { return nil }
    let text = String(text[...end].drop(while: \.isWhitespace))
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].hasPrefix("seal="), let seal = Int64(parts[0].dropFirst(5)),
      parts[1].hasPrefix("event="), parts[2].hasPrefix("time="), Fingerprint(parts[3]) != nil
    else { return nil }
    self.seal = seal
    self.text = text
  }
}
