import ArgumentParser
import ChatCore
import ChatProgram
import Transcript

/// `history show`: the events of conversations, oldest first.
struct ShowCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "show", abstract: "Show conversations; the newest when none is named.",
    discussion: """
      An ID is the number in the list, @ the newest, @~1 the one before, 3..7 a range. Without \
      one, options that choose conversations or times choose among all.
      """)

  @Argument(help: ArgumentHelp("The conversations.", valueName: "id"))
  var ids: [String] = []

  @OptionGroup var filters: FilterOptions
  @OptionGroup var options: OutputOptions

  var common: CommonOptions { options.common }

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    var selection = try filters.selection(session)
    selection.limit = try FilterOptions.count(options.limit, option: "-n")
    selection.newestFirst = options.reverse
    selection.order = .conversation
    guard let library = try session.library() else {
      return ids.isEmpty && !selection.isSearch ? .done : .nothing
    }
    let isOpen = !ids.isEmpty || filters.chooseConversations
    do {
      // Nothing recorded yet is no unknown id.
      if !isOpen, try library.isEmpty() {
        session.note(HistoryMessages.noConversations)
        return .done
      }
    } catch {
      throw HistoryError(error)
    }
    let run = try EventRun(session, library, options, selection, ids: isOpen ? ids : ["@"])
    let count =
      options.count ? try run.count() : try run.show(options.format(session, selection))
    guard count == 0 else { return .done }
    try session.noteNoMatch(filters.grep, run.readings)
    return selection.isSearch ? .nothing : .done
  }
}

extension FilterOptions {
  /// Whether conversations are chosen by something else than an id.
  var chooseConversations: Bool {
    !with.isEmpty || since != nil || until != nil || on != nil || !state.isEmpty
      || afterEvent != nil
  }
}

extension HistorySession {
  /// Says that nothing was found, and how far back was looked.
  func noteNoMatch(
    _ patterns: [String], _ readings: [EventRun.Reading]
  ) throws(HistoryError) {
    if common.quiet { return }
    do {
      var conversations = 0
      var oldest: Timestamp?
      var pruned = (conversations: 0, messages: 0)
      for (archive, selection) in readings {
        var looked = selection.conversations
        looked.speakers = []
        let extent = try archive.extent(looked)
        conversations += extent.conversations
        oldest = [oldest, extent.oldest].compactMap { $0 }.min()
        let gone = try archive.pruned()
        pruned = (pruned.conversations + gone.conversations, pruned.messages + gone.messages)
      }
      note(
        HistoryMessages.noMatch(
          patterns.isEmpty ? nil : patterns.joined(separator: " "),
          conversations: conversations, oldest: oldest.map { Stamp.date(zone.day(of: $0)) }))
      if pruned.conversations > 0 {
        note(
          HistoryMessages.pruned(
            conversations: pruned.conversations, messages: pruned.messages))
      }
    } catch {
      throw .transcript(error)
    }
  }
}
