import ChatCore
import Transcript

extension HistoryMessages {
  static let nothingToPrune = "no conversation ended before that time; nothing to delete"

  static let takingOut = "what was deleted earlier is taken out of the file again, to be sure"

  static func wouldPrune(_ extent: Pruner.Extent, of wanted: Pruner.Wanted) -> String {
    "would delete \(size(extent, of: wanted))"
  }

  /// The question, without a line end: the answer follows it.
  static func confirmPrune(_ extent: Pruner.Extent, of wanted: Pruner.Wanted) -> String {
    "chatserve: delete \(size(extent, of: wanted)) for good? [y/N] "
  }

  static let notPruned = "nothing was deleted"

  static func pruned(
    _ extent: Pruner.Extent, of wanted: Pruner.Wanted, before: Int64, after: Int64
  ) -> String {
    "deleted \(size(extent, of: wanted)); the transcript is \(bytes(after)) now, it was \(bytes(before))"
  }

  static let logNotEmptied = """
    another program is reading, so copies may be left in the write-ahead log until it is done; \
    prune again then, even if nothing is left to delete
    """

  static func scrubFailed(_ error: TranscriptError) -> String {
    """
    the conversations are deleted, but their bytes may still be in the file \
    (\(text(of: .transcript(error)))); prune again, even if nothing is left to delete
    """
  }

  private static func size(_ extent: Pruner.Extent, of wanted: Pruner.Wanted) -> String {
    var text = count(extent.conversations, "conversation")
    text += " with \(count(extent.messages, "message"))"
    guard let first = extent.first, let last = extent.last else { return text }
    var ranges = [IDRange(first, last)]
    // As they were named, where that is no longer than a row.
    if case .conversations(let named) = wanted, named.count <= 10 { ranges = named }
    return text + " (\(ranges.map(ids).joined(separator: ", ")))"
  }

  private static func ids(_ range: IDRange) -> String {
    range.lowerBound == range.upperBound
      ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
  }

  private static func bytes(_ number: Int64) -> String {
    if number < 10 * 1024 * 1024 { return "\((number + 1023) / 1024) KiB" }
    return "\((number + (1 << 20) - 1) >> 20) MiB"
  }
}
