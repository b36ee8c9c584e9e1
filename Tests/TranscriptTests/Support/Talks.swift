import ChatCore

@testable import Transcript

/// What stands for the SHA-256 of a token.
let tokenHash = [UInt8](repeating: 7, count: 32)

/// A conversation of tatyana's, opened at 2000 in a run of its own, whose client may
/// come back within five minutes.
@discardableResult
func resumableTalk(
  _ writer: TranscriptWriter, _ entries: [(Entry, Timestamp)] = [], hasFloor: Bool = true,
  mode: Mode = .turns, hash: [UInt8] = tokenHash, port: Int = 1027, address: String? = nil
) throws -> ConversationWriter {
  var description = try RunDescription.sample(port: port)
  description.address = address
  let run = try writer.startRun(description, at: .ms(1000))
  let conversation = ConversationWriter(
    writer, run: run, peerAddress: "127.0.0.1", peerPort: 50112, mode: mode)
  conversation.offer = (hash, .seconds(300))
  try conversation.append(
    [
      (.open, .ms(2000)), (.handle(try Handle("tatyana"), .native), .ms(2001)),
      (.resumable, .ms(2002)),
    ] + (hasFloor ? [(.floor, .ms(2003))] : []) + entries)
  return conversation
}

extension Entry {
  static func client(_ number: Int, _ text: String) throws -> Entry {
    .message(from: .client, number: number, try Message(text))
  }

  static func server(_ number: Int, _ text: String) throws -> Entry {
    .message(from: .server, number: number, try Message(text))
  }
}

extension TranscriptWriter {
  /// Goes on with the first conversation as an honest client's claim does.
  func takeOver(
    run: Int64? = nil, conversation: Int64 = 1, openedAt: Int64 = 2000,
    hash: [UInt8] = tokenHash, from address: String = "127.0.0.1", shown: Int = 0,
    attempt: Int = 1, seen: Int = 0, at time: Int64 = 9000, lostAt: Int64? = nil
  ) throws -> (ConversationWriter, Resumption) {
    try ConversationWriter.takeOver(
      self, run: try run ?? connection.integer("SELECT max(id) FROM server_run") ?? 0,
      conversation: conversation, openedAt: .ms(openedAt), tokenHash: hash,
      from: (address, 50_200), protection: Protection(isEncrypted: true, key: "SHA256:k"),
      shown: shown, attempt: attempt, seen: seen, at: .ms(time), lostAt: lostAt.map(Timestamp.ms))
  }

  func findings() throws -> [Finding] {
    var verifier = Verifier(try Connection.forReading(path))
    return try verifier.verify { _ in }.findings
  }
}
