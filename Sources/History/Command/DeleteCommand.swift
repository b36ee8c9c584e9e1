import ArgumentParser
import ChatProgram
import Transcript

/// `history delete`: deletes the conversations that are named, for good.
struct DeleteCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "delete", abstract: "Delete these conversations, for good.",
    discussion: """
      They go out of the index of words and out of the file too, as by prune. When one of them is \
      open, none is deleted.
      """)

  @Argument(help: ArgumentHelp("The conversations.", valueName: "id"))
  var ids: [String]

  @OptionGroup var options: DeletionOptions

  var common: CommonOptions { options.common }

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    // Forked before the transcript is opened.
    let signer = try options.signer(session)
    // No conversation of those that were named is there.
    guard let archive = try session.archive() else { return .nothing }
    // Resolved once: `@` is another one after the next conversation.
    let ranges = IDRange.merged(try archive.resolve(ids))
    if let open = try Self.firstOpen(in: ranges, archive) { throw .conversationOpen(open) }
    return try Deletion(
      session: session, archive: archive, options: options, verb: Self.name,
      wanted: .conversations(ranges), nothing: HistoryMessages.notPruned, signer: signer
    ).perform()
  }

  private static func firstOpen(
    in ranges: [IDRange], _ archive: Archive
  ) throws(HistoryError) -> Int64? {
    var filter = ConversationFilter()
    filter.states = [.open]
    do {
      for range in ranges {
        filter.ids = [range]
        let open = archive.conversations(filter, newestFirst: false, counting: false)
        if let first = try open.next() { return first.id }
      }
      return nil
    } catch {
      throw HistoryError(error)
    }
  }
}
