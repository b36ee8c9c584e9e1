import ArgumentParser
import ChatProgram
import Transcript

/// `history path`: where the transcript is, for other tools.
struct PathCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "path", abstract: "Print the path of the transcript.",
    discussion: "sqlite3 \"$(chatserve history path)\" 'SELECT * FROM conversations'")

  @OptionGroup var common: CommonOptions

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    var output = session.output()
    let paths = common.database.count < 2 ? [try session.location().path] : common.database
    for path in paths { output.write(path + "\n") }
    output.flush()
    try session.check(output)
    return .done
  }
}
