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
    guard let archive = try session.archive() else { return .done }
    do {
      let count =
        options.count
        ? try count(archive, selection, session) : try list(archive, selection, limit, session)
      if count == 0, selection.isSearch { return .nothing }
      if count == 0 { session.note(HistoryMessages.noConversations) }
      return .done
    } catch { throw HistoryError(error) }
  }

  private func list(
    _ archive: Archive, _ selection: Selection, _ limit: Int?, _ session: HistorySession
  ) throws -> Int {
    let cursor = ConversationCursor(archive, selection, limit: limit, newestFirst: !options.reverse)
    var format = options.format(session, selection)
    var output: OutputBuffer?
    var count = 0
    while let conversation = try cursor.next() {
      // An empty list starts no pager.
      var buffer = output ?? session.output(options)
      if count == 0 { format.begin(into: &buffer) }
      format.listed(conversation, into: &buffer)
      count += 1
      output = buffer
      if buffer.failure != nil { break }
    }
    if var output {
      format.end(into: &output)
      output.flush()
      try session.check(output)
    }
    if cursor.silent > 0, output?.failure == nil {
      session.note(HistoryMessages.unlisted(cursor.silent))
    }
    return count
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
    _ archive: Archive, _ selection: Selection, _ session: HistorySession
  ) throws -> Int {
    let count = try total(archive, selection)
    var output = session.output()
    output.write("\(count)\n")
    output.flush()
    try session.check(output)
    return count
  }
}
