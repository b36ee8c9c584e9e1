import ArgumentParser
import ChatProgram
import Transcript

/// `history search`: messages that hold words.
struct SearchCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "search", abstract: "Find messages by their words.",
    discussion: """
      Every word must be there, in any order; case and accents do not count. What the shell \
      quotes, "as this", is a phrase; 'beg*' is the beginning of a word. -F looks for the \
      characters as they are; -g RE narrows down what was found.
      """)

  @Argument(help: ArgumentHelp("The words.", valueName: "pattern"))
  var words: [String]

  @OptionGroup var filters: FilterOptions
  @OptionGroup var options: OutputOptions

  var common: CommonOptions { options.common }

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    var selection = try filters.selection(session)
    selection.limit = try FilterOptions.count(options.limit, option: "-n")
    selection.newestFirst = options.reverse
    if selection.filter.kinds.isEmpty { selection.filter.kinds = [.message] }
    guard let library = try session.library() else { return .nothing }
    if !filters.fixedStrings, let query = SearchQuery(arguments: words) {
      selection.query = query
      for archive in library.archives { try session.updateIndex(archive) }
    } else {
      // Nothing of it is in the index: every message is looked at.
      selection.literal = try TextMatcher(
        [words.joined(separator: " ")], isLiteral: true,
        caseRule: filters.caseSensitive ? .kept : .ignored, isInverted: false)
    }
    let run = try EventRun(session, library, options, selection)
    let count =
      options.count ? try run.count() : try run.show(options.format(session, selection))
    guard count == 0 else { return .done }
    try session.noteNoMatch(words, run.readings)
    try session.noteWider(selection, library.archives)
    return .nothing
  }
}

extension HistorySession {
  /// Says how the words would be found, where they are the beginnings of longer
  /// ones.
  fileprivate func noteWider(
    _ selection: Selection, _ archives: [Archive]
  ) throws(HistoryError) {
    if common.quiet { return }
    guard let (query, words) = selection.query?.widened else { return }
    var wider = selection
    wider.query = query
    do {
      for archive in archives {
        let cursor = try EventCursor(
          archive, wider, SummaryCache(archive, counting: false), newestFirst: true)
        if try cursor.next() != nil { return note(HistoryMessages.wider(words)) }
      }
    } catch {
      throw .transcript(error)
    }
  }
}

extension HistorySession {
  /// Brings the index up to date where that is possible; where it is not, the
  /// search looks through what is newer than it.
  func updateIndex(_ archive: Archive) throws(HistoryError) {
    do {
      guard try archive.isIndexBehind() else { return }
    } catch {
      throw .transcript(error)
    }
    let progress = Progress(self, "indexing", "message")
    do {
      try archive.updateIndex { progress.show($0) }
    } catch {
      // Read-only, locked or full: none of them keeps anybody from reading.
    }
    progress.clear()
  }
}
