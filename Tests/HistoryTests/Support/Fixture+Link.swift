import ChatCore
import Transcript

extension Fixture {
  /// A native client's conversation `id`, as one that it may come back to within five
  /// minutes.
  func offer(
    _ conversation: Int64, run: Int64, state: String = "taken", epoch: Int64 = 0,
    attempt: Int64 = 0
  ) throws {
    try insert(
      """
      INSERT INTO resumption (conversation_id, token_hash, within, state, run_id, epoch, attempt,
        epoch_before, attempt_before, client_before, server_before)
      VALUES (?1, ?2, 300000, ?3, ?4, ?5, ?6, 0, ?6, 0, 0)
      """, conversation, [UInt8](repeating: UInt8(conversation), count: 32), state, run, epoch,
      attempt)
  }

  func drop(_ conversation: Int64, at: String, detail: String? = nil) throws {
    try insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, reason, detail)
      VALUES (zeroblob(32), ?1, ?2, 'drop', 'reset', ?3)
      """, conversation, try Self.time(at), detail)
  }

  func resume(
    _ conversation: Int64, at: String, run: Int64 = 1, epoch: Int64, attempt: Int64,
    address: String = "127.0.0.1", away: Int64 = 42_700, moved: Bool = false
  ) throws {
    let event = try insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, party)
      VALUES (zeroblob(32), ?1, ?2, 'resume', 0)
      """, conversation, try Self.time(at))
    try insert(
      """
      INSERT INTO resume (event_id, run_id, epoch, attempt, address, port, encrypted, peer_key,
        away, moved)
      VALUES (?1, ?2, ?3, ?4, ?5, 50300, 1, 'SHA256:k', ?6, ?7)
      """, event, run, epoch, attempt, address, away, moved ? 1 : 0)
  }
}
