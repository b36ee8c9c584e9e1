import ChatCore
import ChatDigest

/// All that somebody needs who has nothing but this and a public key, to see that a
/// conversation is the one that was sealed.
package struct Proof: Sendable {
  package let conversation: Int64
  /// Of each event what its link is over but for the link before it, up to the last one
  /// that is sealed.
  package let events: [[SQLValue]]
  /// The newest that holds the conversation.
  package let seal: Seal
  /// The link of the seal before it; `nil` for the first.
  package let previous: Digest?
  /// All the heads in it.
  package let heads: [Seal.Head]
  /// Events that came after the seal.
  package let unsealed: Int64
}

extension Connection {
  /// The proof of a conversation that is there.
  ///
  /// - Parameter conversation: its id.
  /// - Returns: `nil` where no signed seal holds it.
  /// - Throws: `corrupt` where it is not as it was sealed, and what SQLite reports.
  package func proof(of conversation: Int64) throws(TranscriptError) -> Proof? {
    try read { () throws(TranscriptError) in
      guard let seal = try newestSeal(of: conversation), seal.signature != nil else { return nil }
      let heads = try sealHeads(of: seal.id)
      guard let head = heads.first(where: { $0.conversation == conversation }) else { return nil }
      let (events, link) = try values(of: conversation, through: head.event)
      guard link == head.link else { throw TranscriptError(.corrupt, path: path) }
      return Proof(
        conversation: conversation, events: events, seal: seal,
        previous: try self.seal(seal.id &- 1)?.link, heads: heads,
        unsealed: try integer(
          """
          SELECT count(*) FROM event
          WHERE conversation_id = \(conversation) AND id > \(head.event)
          """) ?? 0)
    }
  }

  private func values(
    of conversation: Int64, through last: Int64
  ) throws(TranscriptError) -> (events: [[SQLValue]], link: Digest) {
    let select = try prepare(
      """
      SELECT \((Event.columns + ["link"]).joined(separator: ", ")) FROM event
      WHERE conversation_id = ?1 AND id <= ?2 ORDER BY id
      """)
    select.bind(conversation, at: 1)
    select.bind(last, at: 2)
    var links = EventLinks(self)
    var (events, link) = ([[SQLValue]](), Digest.zero)
    while try select.step() {
      let before = link
      link = try links.link(of: select, after: before)
      // Of a peer that turned out to speak another dialect than was thought, the first
      // handle was linked with what was thought.
      if link != EventLinks.stored(select) {
        link = try links.link(of: select, after: before, dialect: Dialect.native.rawValue)
      }
      guard let values = SQLValue.list(links.bytes.dropFirst(Digest.length)) else {
        throw TranscriptError(.corrupt, path: path)
      }
      events.append(values)
    }
    return (events, link)
  }
}

extension SQLValue {
  /// The values that a ``LinkBuilder`` has put one after the other; `nil` for other bytes,
  /// and for a text that is not UTF-8.
  static func list(_ bytes: ArraySlice<UInt8>) -> [SQLValue]? {
    var rest = bytes
    func word() -> UInt64? {
      guard rest.count >= 8 else { return nil }
      defer { rest = rest.dropFirst(8) }
      return rest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
    func content() -> ArraySlice<UInt8>? {
      guard let count = word(), count <= UInt64(rest.count) else { return nil }
      defer { rest = rest.dropFirst(Int(count)) }
      return rest.prefix(Int(count))
    }
    var values: [SQLValue] = []
    while let type = rest.popFirst() {
      switch type {
      case 0: values.append(.null)
      case 1:
        guard let word = word() else { return nil }
        values.append(.integer(Int64(bitPattern: word)))
      case 2:
        guard let text = content().flatMap({ String(validating: $0, as: UTF8.self) }) else {
          return nil
        }
        values.append(.text(text))
      case 3:
        guard let blob = content() else { return nil }
        values.append(.blob(Array(blob)))
      default: return nil
      }
    }
    return values
  }
}
