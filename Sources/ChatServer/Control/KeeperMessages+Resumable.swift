import ChatCore
import ChatSecure
import Transcript

/// A conversation that a client may come back to, between the keeper and the listener.
extension KeeperAnswer {
  static func add(_ talk: ResumableConversation, to fields: inout ControlWriter) {
    fields.add(talk.id)
    fields.add(talk.openedAt.milliseconds)
    fields.add(talk.handle.text)
    fields.add(talk.hadFloor ? 1 : 0 as Int64)
    fields.add(talk.until.milliseconds)
    fields.add(Int64(talk.attempt))
    fields.add(talk.epoch)
    fields.add(talk.protection.map { $0.isEncrypted ? 2 : 1 } ?? 0 as Int64)
    fields.add(talk.protection?.key ?? "")
    fields.add(bytes: talk.tokenHash)
  }

  static func resumable(
    _ fields: inout ControlReader
  ) throws(ControlError) -> ResumableConversation {
    let (id, openedAt) = (try fields.rowID(), try fields.timestamp())
    guard let handle = try? Handle(try fields.text()) else { throw .outOfRange }
    let hadFloor = try fields.integer(in: 0...1) == 1
    let until = try fields.timestamp()
    let attempt = Int(try fields.integer(in: 0 ... .max))
    let epoch = try fields.integer(in: 0 ... .max)
    let encryption = try fields.integer(in: 0...2)
    let key = try fields.text()
    // Nobody proves a key in clear.
    guard key.isEmpty || (encryption == 2 && Fingerprint(key) != nil) else { throw .outOfRange }
    let hash = fields.bytes()
    guard hash.count >= hashLength else { throw .truncated }
    guard hash.count == hashLength else { throw .trailing }
    return ResumableConversation(
      id: id, tokenHash: hash, openedAt: openedAt, handle: handle, hadFloor: hadFloor,
      until: until, attempt: attempt, epoch: epoch,
      protection: encryption == 0
        ? nil : Protection(isEncrypted: encryption == 2, key: key.isEmpty ? nil : key))
  }

  /// Of SHA-256.
  private static let hashLength = 32
}
