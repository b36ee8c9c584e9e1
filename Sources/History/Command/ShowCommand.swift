import ArgumentParser
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
    guard let archive = try session.archive() else { return .done }
    let isOpen = !ids.isEmpty || filters.chooseConversations
    do {
      // Nothing recorded yet is no unknown id.
      if !isOpen, try archive.newestConversation() == nil {
        session.note(HistoryMessages.noConversations)
        return .done
      }
    } catch {
      throw HistoryError(error)
    }
    selection.filter.conversations = try archive.resolve(isOpen ? ids : ["@"])
    let run = EventRun(session: session, archive: archive, options: options, selection: selection)
    let count =
      options.count ? try run.count() : try run.show(options.format(session, selection))
    guard count == 0 else { return .done }
    try session.noteNoMatch(filters.grep, selection, archive)
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
    _ patterns: [String], _ selection: Selection, _ archive: Archive
  ) throws(HistoryError) {
    if common.quiet { return }
    do {
      let extent = try archive.extent(selection.conversations)
      let oldest = extent.oldest.map { Stamp.date(zone.day(of: $0)) }
      note(
        HistoryMessages.noMatch(
          patterns.isEmpty ? nil : patterns.joined(separator: " "),
          conversations: extent.conversations, oldest: oldest))
      let pruned = try archive.pruned()
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
