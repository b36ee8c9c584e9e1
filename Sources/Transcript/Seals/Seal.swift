import ChatCore
import ChatDigest

/// What a signature says of the transcript as it was at some moment: how far each
/// conversation had come. Each seal is linked to the one before it, as events are, so
/// that the newest one holds them all (docs/transcript.md, "Seals").
package struct Seal: Hashable, Sendable {
  /// From 1, without a gap.
  package var id: Int64
  package var at: Timestamp
  /// A word that a version does not know is kept.
  package var kind: String
  /// Every event up to this one is in a conversation whose head is in this seal or in
  /// one before it; 0 where there was none.
  package var lastEvent: Int64
  /// Of a seal that is made at a stop: the run.
  package var run: Int64?
  /// When that stopped.
  package var stoppedAt: Timestamp?
  /// Of a removal: how much was removed. Of a key: the fingerprint of the other one. Of
  /// one that was lost, and of its acceptance: which it was, as a ``SealMark``.
  package var note: String?
  /// The public half of the key that it is signed with, 32 bytes; `nil`: it is not signed.
  package var key: [UInt8]?
  /// Over what ``link(after:heads:)`` covers.
  package var link = Digest.zero
  /// 64 bytes.
  package var signature: [UInt8]?

  package init(
    id: Int64, at: Timestamp, kind: Kind, lastEvent: Int64, key: [UInt8]?, note: String? = nil
  ) {
    self.id = id
    self.at = at
    self.kind = kind.rawValue
    self.lastEvent = lastEvent
    self.key = key
    self.note = note
  }

  /// The words that this version knows.
  package enum Kind: String, CaseIterable, Sendable {
    /// Conversations went on, or a run stopped.
    case usual
    /// Conversations were deleted; what is left of them are their heads here.
    case removal
    /// The key changes, or has changed: the one vouches for the other.
    case key
    /// A seal that was kept out of the transcript was not in it any more.
    case lost
    /// The owner of the key knows of that.
    case accepted
  }

  /// How far a conversation had come.
  package struct Head: Hashable, Sendable {
    package var conversation: Int64
    /// Its last event.
    package var event: Int64
    /// That one's.
    package var link: Digest

    package init(conversation: Int64, event: Int64, link: Digest) {
      self.conversation = conversation
      self.event = event
      self.link = link
    }
  }

  /// What is signed.
  package var statement: [UInt8] { SealStatement.of(link) }

  /// All it says, but for the signature.
  ///
  /// - Parameters:
  ///   - previous: the link of the seal before it; `nil` for the first.
  ///   - heads: in the order of the conversations.
  /// - Returns: its link.
  package func link(after previous: Digest?, heads: some Sequence<Head>) -> Digest {
    var builder = LinkBuilder()
    begin(&builder, after: previous)
    for head in heads { Self.add(head, to: &builder) }
    return builder.finish()
  }

  /// The same, to which the heads are yet to be added.
  func begin(_ builder: inout LinkBuilder, after previous: Digest?) {
    builder.begin(after: previous ?? .zero)
    builder.add(values)
  }

  static func add(_ head: Head, to builder: inout LinkBuilder) {
    builder.add([
      .integer(head.conversation), .integer(head.event), .blob(head.link.bytes),
    ])
  }

  /// In the order in which they are linked.
  private var values: [SQLValue] {
    [
      .integer(id), .integer(at.milliseconds), .text(kind), .integer(lastEvent), SQLValue(run),
      SQLValue(stoppedAt?.milliseconds), SQLValue(note), SQLValue(key),
    ]
  }
}

/// Whoever has the key: signs statements of seals.
package protocol SealSigner {
  /// 32 bytes.
  var publicKey: [UInt8] { get }

  /// - Parameters:
  ///   - statement: of a seal.
  ///   - limit: how long it may take.
  /// - Returns: 64 bytes; `nil` when there is no signature to be had.
  func signature(of statement: [UInt8], within limit: Duration) -> [UInt8]?
}
