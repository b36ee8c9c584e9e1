import ChatCore

/// Something that `history verify` found to be wrong, as evidence.
package enum Finding: Hashable, Sendable {
  /// A line of `PRAGMA integrity_check`.
  case integrity(String)
  /// A table, index or view that is not declared as the schema declares it.
  case schema(String)
  /// What somebody put on the transcript's own tables: a trigger, a view, an
  /// index.
  case added(type: String, name: String)
  /// A row that holds a value longer than any that chatserve writes.
  case tooLong(table: String, row: Int64)
  /// A row with a number that is never given: they begin with 1.
  case neverGiven(table: String, row: Int64)
  /// A row of `table` that refers to a row of `parent` that is not there.
  case reference(table: String, row: Int64?, parent: String)
  /// Event numbers that are missing, and that no prune explains.
  case eventsMissing(ClosedRange<Int64>)
  /// Conversation ids that are missing, and that no prune explains.
  case conversationsMissing(ClosedRange<Int64>)
  /// Prunes explain that some events are missing, but not so many or so few.
  case eventCount(missing: Int64, explained: Int64)
  /// Prunes took more conversations than are missing.
  case pruneCount(pruned: Int64, missing: Int64)
  /// An event after its conversation's close.
  case afterClose(conversation: Int64, seq: Int64)
  /// A second close.
  case secondClose(conversation: Int64, seq: Int64)
  /// A conversation whose first event is not its open.
  case noOpen(conversation: Int64)
  /// A message that does not have the number after that of the one before it, or, of a
  /// native client, a higher one.
  case number(conversation: Int64, seq: Int64, Party, expected: Int64, found: Int64)
  /// A link that is lost or comes back in another order than a link can.
  case link(conversation: Int64, seq: Int64, LinkFault)
  /// How a conversation can go on, which is not what its events say.
  case resumption(conversation: Int64)
  /// The first event of a conversation whose link does not fit: it, or for an open, a
  /// handle or a resume what another row says of it, is not what it was when it was
  /// written, or what it came after is not there.
  case chain(conversation: Int64, seq: Int64)
  /// A conversation whose row has another handle than its events.
  case handle(conversation: Int64)
  /// A run of the server that is not what was written.
  case run(Int64)
  /// The index claims to reach further than there are events.
  case indexAhead(through: Int64, newest: Int64)
  /// Messages that should be in the full-text index and are not; how many and
  /// the first.
  case notIndexed(count: Int64, first: Int64)
  /// Entries of the full-text index without a message; how many.
  case indexedWithoutMessage(count: Int64)
  /// The words in the full-text index are not in order, or not as many as it says.
  case indexStructure
  /// A message that the index does not find by its own words.
  case notFound(seq: Int64)
  /// What is counted in this table is not what the events make.
  case totals(table: String)
  case seal(Int64, SealFault)
  /// Seals that are not there, and a later one is or was.
  case sealsMissing(ClosedRange<Int64>)
  /// A conversation that is not what a seal says.
  case sealed(conversation: Int64, seal: Int64, SealedFault)
  /// A run whose stop is not the one that was sealed.
  case sealedStop(run: Int64, seal: Int64)
  /// From this seal on a key signs that is not trusted, and for which none vouches that is.
  case foreignSeal(Int64, key: String)
  /// The notes of prunes and the seals of removals do not name as many conversations.
  case removals(pruned: Int64, sealed: Int64)
  /// A seal that was kept beside the key is not in this transcript.
  case keptHere(SealMark)
  /// The same, as another seal says that was made then.
  case sealLost(SealMark, by: Int64)
  /// The seal that was kept elsewhere is not in this transcript.
  case keptSeal(Int64)
  /// The same, where there is no transcript.
  case keptSealOfNothing(Int64)
  /// A key, by its fingerprint, that was said to have sealed, where there is no transcript.
  case keyOfNothing(String)
}

/// What is wrong with the order in which a link was lost and came back.
package enum LinkFault: Hashable, Sendable {
  /// It was lost already.
  case secondDrop
  /// It was not lost.
  case resumeWithoutDrop
  /// The client spoke while it was lost.
  case saidMeanwhile
  /// The epoch is not the one after that of the one before.
  case epoch
  /// The client's attempt is not later than the one before.
  case attempt
}

/// What `history verify` looked at and found.
package struct Verification: Sendable {
  /// Whether all was looked at. Otherwise SQLite or the schema kept from it, and what is
  /// counted here says nothing.
  package var isWhole = false
  package var conversations: Int64 = 0
  package var events: Int64 = 0
  package var messages: Int64 = 0
  /// Runs whose stop was not recorded: a power cut, a kill. No damage.
  package var unendedRuns: Int64 = 0
  /// Messages that are not indexed yet. No damage.
  package var unindexed: Int64 = 0
  package var prunedConversations: Int64 = 0
  package var seals = SealSummary()
  /// Of the seals that were kept elsewhere, those that are there.
  package var keptSeals: [Int64] = []
  /// The one that was kept beside the key, where it is there.
  package var keptHere: SealMark?
  /// Tables of other programs, which are left alone.
  package var otherTables: [String] = []
  package var findings: [Finding] = []

  package init() {}

  /// Damage may be everywhere; its beginning is what helps.
  static let maximumFindings = 100

  mutating func add(_ finding: Finding) {
    if findings.count < Self.maximumFindings { findings.append(finding) }
  }
}
