import ChatCore
import Transcript

extension HistoryMessages {
  static func verified(_ result: Verification) -> String {
    // What was not looked at is not nothing.
    if !result.isWhole { return "nothing else was looked at" }
    var text = "\(count(Int(result.conversations), "conversation")), "
    text += "\(count(Int(result.events), "event")), "
    text += count(Int(result.messages), "message")
    text += result.findings.isEmpty ? ": no damage found" : ""
    return text
  }

  static func backedUp(_ path: String, _ result: Verification) -> String {
    "\(shown(path)): \(verified(result))"
  }

  /// What is worth knowing and no damage.
  static func remarks(_ result: Verification, in zone: Zone) -> [String] {
    var remarks: [String] = []
    if result.unendedRuns > 0 {
      let runs = count(Int(result.unendedRuns), "run")
      remarks.append("\(runs) of the server ended without a stop being recorded (no damage)")
    }
    if result.prunedConversations > 0 {
      let pruned = count(Int(result.prunedConversations), "conversation")
      let verb = result.prunedConversations == 1 ? "was" : "were"
      remarks.append("\(pruned) \(verb) pruned (no damage)")
    }
    let isLitestreams = { (name: String) in name.hasPrefix("_litestream_") }
    let litestream = result.otherTables.filter(isLitestreams)
    if !litestream.isEmpty {
      remarks.append("\(list(litestream)): of Litestream, and left alone (no damage)")
    }
    let others = result.otherTables.filter { !isLitestreams($0) }
    if !others.isEmpty {
      remarks.append("\(list(others)): not of chatserve, and left alone (no damage)")
    }
    if result.unindexed > 0 {
      remarks.append("\(count(Int(result.unindexed), "message")) not indexed yet (no damage)")
    }
    remarks += self.remarks(result.seals, in: zone)
    // Of what was not checked it is not known.
    if !result.isWhole { return remarks }
    if let mark = result.keptHere {
      remarks.append("seal \(mark.seal), which is kept beside the key, is in this transcript")
    }
    return remarks
      + result.keptSeals.map { "seal \($0), as it was kept elsewhere, is in this transcript" }
  }

  private static func list(_ tables: [String]) -> String {
    let names = tables.map { TextSanitizer.escapedOnOneLine($0) }.joined(separator: ", ")
    return "\(tables.count == 1 ? "table" : "tables") \(names)"
  }

  static func text(of finding: Finding) -> String {
    switch finding {
    case .integrity(let line):
      "SQLite: \(TextSanitizer.escapedOnOneLine(line))"
    case .schema(let name):
      "\(TextSanitizer.escapedOnOneLine(name)) is not declared as this version declares it"
    case .added(let type, let name):
      "the \(type) \(TextSanitizer.escapedOnOneLine(name)) was not made by chatserve"
    case .tooLong(let table, let row):
      "row \(row) of \(table) holds a value longer than any that chatserve writes"
    case .neverGiven(let table, let row):
      "\(table) has a row \(row), and numbers begin with 1"
    case .reference(let table, let row, let parent):
      "\(table) \(row.map(String.init) ?? "?") refers to a \(parent) that is not there"
    case .eventsMissing(let range):
      "\(plural("event", range)) missing, and no prune took \(isOne(range) ? "it" : "them")"
    case .conversationsMissing(let range):
      "\(plural("conversation", range)) missing, and no prune took \(isOne(range) ? "it" : "them")"
    case .eventCount(let missing, let explained):
      "\(count(Int(missing), "event")) missing, but the prunes explain \(explained)"
    case .pruneCount(let pruned, let missing):
      "the prunes took \(count(Int(pruned), "conversation")), but \(missing) are missing"
    case .afterClose(let conversation, let seq):
      "conversation \(conversation): event \(seq) comes after the close"
    case .secondClose(let conversation, let seq):
      "conversation \(conversation): event \(seq) closes it a second time"
    case .noOpen(let conversation):
      "conversation \(conversation): its first event is not its open"
    case .number(let conversation, let seq, let party, let expected, let found):
      """
      conversation \(conversation): event \(seq) is message \(found) of the \(party.rawValue), \
      where \(expected) comes next
      """
    case .link(let conversation, let seq, let fault):
      "conversation \(conversation): event \(seq) \(words(for: fault))"
    case .resumption(let conversation):
      "conversation \(conversation): how it can go on is not what its events say"
    case .chain(let conversation, let seq):
      """
      conversation \(conversation): event \(seq), or what was before it, is not as it was written \
      (its link)
      """
    case .handle(let conversation):
      "conversation \(conversation): its handle is not the one that its events have"
    case .run(let run):
      "run \(run) of the server is not as it was written (its digest)"
    case .indexAhead(let through, let newest):
      "the full-text index claims to reach event \(through); the newest is \(newest)"
    case .notIndexed(let number, let first):
      "\(count(Int(number), "message")) not in the full-text index, the first is event \(first)"
    case .indexedWithoutMessage(let number):
      "\(number) of the full-text index's entries have no message"
    case .indexStructure:
      "the full-text index is damaged inside"
    case .notFound(let seq):
      "the full-text index does not find event \(seq) by its words"
    case .totals(let table):
      "what list and stats count is not what the events make (\(table))"
    case .seal(let seal, let fault):
      "seal \(seal) \(words(for: fault))"
    case .sealsMissing(let range):
      "\(plural("seal", range)) missing"
    case .sealed(let conversation, let seal, let fault):
      text(of: fault, conversation, seal)
    case .sealedStop(let run, let seal):
      "run \(run) of the server did not stop when seal \(seal) says"
    case .foreignSeal(let seal, let key):
      "seal \(seal) is by \(key), which is not trusted, nor named by a key that is"
    case .removals(let pruned, let sealed):
      "the prunes took \(count(Int(pruned), "conversation")), but seals name \(sealed)"
    case .keptHere(let mark): missing(mark)
    case .sealLost(let mark, let seal): missing(mark, by: seal)
    case .keptSeal(let seal):
      "seal \(seal), as it was kept elsewhere, is not in this transcript"
    case .keptSealOfNothing(let seal):
      "seal \(seal), as it was kept elsewhere, is not in this transcript: there is none"
    case .keyOfNothing(let key):
      "\(key) has sealed nothing here: there is no transcript"
    }
  }

  private static func words(for fault: LinkFault) -> String {
    switch fault {
    case .secondDrop: "says that the link was lost, which it was already"
    case .resumeWithoutDrop: "says that the link is back, which was not lost"
    case .saidMeanwhile: "is the client's, whose link was lost"
    case .epoch: "is not of the process that comes next"
    case .attempt: "is an attempt that is no later than the one before"
    }
  }

  /// A range of ids as somebody wrote them may be too long to be counted.
  private static func isOne(_ range: ClosedRange<Int64>) -> Bool {
    range.lowerBound == range.upperBound
  }

  private static func plural(_ noun: String, _ range: ClosedRange<Int64>) -> String {
    isOne(range)
      ? "\(noun) \(range.lowerBound) is" : "\(noun)s \(range.lowerBound)..\(range.upperBound) are"
  }
}
