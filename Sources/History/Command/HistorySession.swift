import ChatCore
import ChatPosix
import ChatProgram
import ChatTerminal
import Transcript

/// One run of a history command: the world it runs in, what the common
/// options say, and the output on its way.
final class HistorySession {
  let environment: HistoryEnvironment
  let common: CommonOptions
  let zone: Zone
  let now: Timestamp
  private var runningPager: (any PagerProcess)?
  /// Of the names of several transcripts; 0 where one is read.
  var longestName = 0
  /// What to end with since one of several transcripts could not be read; `nil`
  /// while all can.
  private(set) var failure: ProgramExit?

  /// - Throws: ``HistoryError/zone(_:)``.
  init(_ environment: HistoryEnvironment, _ common: CommonOptions) throws(HistoryError) {
    self.environment = environment
    self.common = common
    now = environment.now()
    do {
      let name: ZoneName = common.utc ? .utc : try ZoneName(common.zone)
      zone = try name.choose()
    } catch {
      throw .zone(error)
    }
  }

  /// - Throws: ``HistoryError/noHome``.
  func location() throws(HistoryError) -> DatabasePath {
    let found = DatabasePath.find(option: common.database.first, environment: environment.variable)
    guard let found else { throw .noHome }
    return found
  }

  /// Says why one of several transcripts is left out.
  func fail(_ error: HistoryError) {
    let exit = environment.report(error)
    failure = failure ?? exit
  }

  /// Opens the one transcript for reading. `checksSchema` is for
  /// ``Connection/forReading(_:busyTimeout:checksSchema:)``.
  ///
  /// - Returns: `nil`, after a note, when nothing was ever recorded in the
  ///   default place.
  func archive(checksSchema: Bool = true) throws(HistoryError) -> Archive? {
    if common.database.count > 1 { throw .oneTranscript }
    return try open(checksSchema: checksSchema)
  }

  func open(checksSchema: Bool = true) throws(HistoryError) -> Archive? {
    let found = try location()
    do {
      return archive(try Connection.forReading(found.path, checksSchema: checksSchema))
    } catch {
      guard error.kind == .missing else { throw .transcript(error) }
      if found.isNamed { throw .databaseMissing(found.path) }
      note(HistoryMessages.noDatabase(found.path))
      return nil
    }
  }

  func archive(_ connection: Connection) -> Archive {
    let archive = Archive(connection)
    archive.now = environment.now
    return archive
  }

  /// Says something on standard error.
  func note(_ text: String) {
    if !common.quiet { say(text) }
  }

  func say(_ text: String) {
    // Nobody is left to read that standard error is gone.
    try? environment.errors.write(Array("chatserve: \(text)\n".utf8))
  }

  /// The output, through a pager when there is one to be used.
  func output(_ options: OutputOptions) -> OutputBuffer {
    runningPager = pager(options).flatMap(environment.startPager)
    return OutputBuffer(runningPager ?? environment.output)
  }

  /// The pager that output of these options goes through.
  func pager(_ options: OutputOptions) -> PagerCommand? {
    guard environment.isTerminal, !options.noPager, !options.count else { return nil }
    return PagerCommand.choice(variable: environment.variable)
  }

  func output() -> OutputBuffer { OutputBuffer(environment.output) }

  /// Waits for the pager, where one runs.
  func finish() {
    runningPager?.finish()
    runningPager = nil
  }

  /// What has kept output from being written. That its reader has gone is no
  /// failure.
  func check(_ output: OutputBuffer, path: String? = nil) throws(HistoryError) {
    guard let failure = output.failure, failure.errno != .brokenPipe else { return }
    throw .output(failure, path: path)
  }

  /// A pager that does not pass colours on is no terminal to them.
  func palette(_ choice: ColorChoice, through pager: PagerCommand? = nil) -> Palette {
    let isTerminal = environment.isTerminal && (pager?.takesColours ?? true)
    return Palette(isOn: choice.isOn(isTerminal: isTerminal, environment: environment.variable))
  }
}
