import ChatCore
import Transcript

extension HistoryMessages {
  static let nothingToPrune = "no conversation ended before that time; nothing to delete"

  static func wouldPrune(_ extent: Pruner.Extent) -> String { "would delete \(size(extent))" }

  /// The question, without a line end: the answer follows it.
  static func confirmPrune(_ extent: Pruner.Extent) -> String {
    "chatserve: delete \(size(extent)) for good? [y/N] "
  }

  static let notPruned = "nothing was deleted"

  static func pruned(_ extent: Pruner.Extent, before: Int64, after: Int64) -> String {
    "deleted \(size(extent)); the transcript is \(bytes(after)) now, it was \(bytes(before))"
  }

  static let logNotEmptied = """
    another program is reading, so copies may be left in the write-ahead log until it is done; \
    prune again then
    """

  static func scrubFailed(_ error: TranscriptError) -> String {
    """
    the conversations are deleted, but their bytes may still be in the file \
    (\(text(of: .transcript(error)))); prune again
    """
  }

  private static func size(_ extent: Pruner.Extent) -> String {
    var text = count(extent.conversations, "conversation")
    text += " with \(count(extent.messages, "message"))"
    if let first = extent.first, let last = extent.last {
      text += first == last ? " (\(first))" : " (\(first)..\(last))"
    }
    return text
  }

  private static func bytes(_ number: Int64) -> String {
    if number < 10 * 1024 * 1024 { return "\((number + 1023) / 1024) KiB" }
    return "\((number + (1 << 20) - 1) >> 20) MiB"
  }
}
