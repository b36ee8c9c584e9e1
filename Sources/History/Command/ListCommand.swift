import ArgumentParser
import ChatPosix
import ChatProgram
import Transcript

/// `history list`: a line for each conversation, newest first.
struct ListCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "list", abstract: "List the conversations, newest first.",
    discussion: "Who never had the floor and said nothing is left out; --all lists them too.")

  @Flag(name: [.short, .long], help: "List also who never had the floor.")
  var all = false

  @OptionGroup var filters: FilterOptions
  @OptionGroup var options: OutputOptions

  var common: CommonOptions { options.common }

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    var selection = try filters.selection(session)
    selection.skipsSilent = !all
    let limit = try FilterOptions.count(options.limit, option: "-n")
    guard let library = try session.library() else {
      return selection.isSearch ? .nothing : .done
    }
    if library.isSeveral, selection.filter.after != nil {
      throw .notOfSeveral(option: "--after-event")
    }
    do {
      let archives = library.archives
      let count =
        options.count
        ? try count(archives, selection, session) : try list(archives, selection, limit, session)
      if count == 0, selection.isSearch { return .nothing }
      if count == 0 { session.note(HistoryMessages.noConversations) }
      return .done
    } catch { throw HistoryError(error) }
  }

  private func list(
    _ archives: [Archive], _ selection: Selection, _ limit: Int?, _ session: HistorySession
  ) throws -> Int {
    let cursor = MergedConversations(
      archives, selection, limit: limit, newestFirst: !options.reverse
    ) { session.fail(.transcript($0)) }
    // An empty list starts no pager.
    guard let first = try cursor.next() else {
      noteUnlisted(cursor, session)
      return 0
    }
    var format = options.format(session, selection)
    var output = session.output(options)
    format.begin(into: &output)
    var count = 0
    var next: ConversationSummary? = first
    while let conversation = next {
      format.listed(conversation, into: &output)
      count += 1
      if output.failure != nil { break }
      next = try cursor.next()
    }
    format.end(into: &output)
    output.flush()
    try session.check(output)
    if output.failure == nil { noteUnlisted(cursor, session) }
    return count
  }

  private func noteUnlisted(_ cursor: MergedConversations, _ session: HistorySession) {
    if cursor.silent > 0 { session.note(HistoryMessages.unlisted(cursor.silent)) }
  }

  private func total(
    _ archive: Archive, _ selection: Selection
  ) throws(TranscriptError) -> Int {
    if options.limit == nil, selection.states.isEmpty, !selection.asksForEvents {
      var filter = selection.conversations
      if !selection.skipsSilent { return try archive.extent(filter).conversations }
      filter.silence = .leftOut
      let count = try archive.extent(filter).conversations
      // Of the others, those that are connected now.
      (filter.silence, filter.states) = (.meantAlone, [.open])
      let cursor = archive.conversations(filter, newestFirst: true, counting: false)
      var open = 0
      while try cursor.next() != nil { open += 1 }
      return count + open
    }
    let cursor = ConversationCursor(archive, selection, limit: options.limit, newestFirst: true)
    var count = 0
    while try cursor.next() != nil { count += 1 }
    return count
  }

  private func count(
    _ archives: [Archive], _ selection: Selection, _ session: HistorySession
  ) throws -> Int {
    var count = 0
    for archive in archives { count += try total(archive, selection) }
    if let limit = options.limit { count = min(count, limit) }
    var output = session.output()
    output.write("\(count)\n")
    output.flush()
    try session.check(output)
    return count
  }
}
