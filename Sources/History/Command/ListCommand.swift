import ArgumentParser
import ChatPosix
import ChatProgram
import Transcript

/// `history list`: a line for each conversation, newest first.
struct ListCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "list", abstract: "List the conversations, newest first.")

  @OptionGroup var filters: FilterOptions
  @OptionGroup var options: OutputOptions

  var common: CommonOptions { options.common }

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    let selection = try filters.selection(session)
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
    return count
  }

  private func count(
    _ archive: Archive, _ selection: Selection, _ session: HistorySession
  ) throws -> Int {
    let cursor = ConversationCursor(archive, selection, limit: options.limit, newestFirst: true)
    var count = 0
    while try cursor.next() != nil { count += 1 }
    var output = session.output()
    output.write("\(count)\n")
    output.flush()
    try session.check(output)
    return count
  }
}
