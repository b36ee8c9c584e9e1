import ArgumentParser
import ChatPosix
import ChatProgram
import Transcript

/// `history export`: everything that is selected, for another program or for
/// keeping.
struct ExportCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "export", abstract: "Write what is selected, by default as JSON Lines.",
    discussion: """
      Without -o the ending of FILE chooses the format: .txt, .tsv, .csv, .json, .jsonl, .md, \
      .html. With --after-event and the last seq that an earlier export wrote, only what is new.
      """)

  @Argument(help: ArgumentHelp("The conversations; all when none is named.", valueName: "id"))
  var ids: [String] = []

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("Write to this file, whole or not at all.", valueName: "file"),
    completion: .file())
  var file: String?

  @Flag(help: "Write what others need to check whole conversations with your public key.")
  var proof = false

  @OptionGroup var filters: FilterOptions
  @OptionGroup var options: OutputOptions

  var common: CommonOptions { options.common }

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    var selection = try filters.selection(session)
    selection.limit = try FilterOptions.count(options.limit, option: "-n")
    selection.newestFirst = options.reverse
    let format = options.format ?? file.flatMap { FormatName(endingOf: $0) } ?? .json
    // Machines want the order of events, so that the last seq is a cursor;
    // people want one conversation after the other.
    selection.order = format.isDocument ? .conversation : .sequence
    if proof { try checkProof(selection) }
    guard let library = try session.library() else {
      return ids.isEmpty && !proof ? .done : .nothing
    }
    if proof { return try exportProofs(library, selection, session) }
    var run = try EventRun(session, library, options, selection, ids: ids)
    if options.count {
      _ = try run.count()
      return .done
    }
    let counted = run
    let progress = Progress(session, "exporting", "event") { try? counted.quickTotal() }
    run.observe = { count in
      progress.show(count)
      // Ctrl-C leaves no half-written file behind.
      let isFile = self.file != nil && count.isMultiple(of: 1000)
      if isFile, case .interrupted = session.environment.wait(0) { return false }
      return true
    }
    // Past a search, it is looked for often enough; one that finds little is
    // ended by the signal itself.
    if file != nil, selection.isCountable { session.environment.prepareToWait() }
    defer { progress.clear() }
    let writer = options.format(session, selection, fallback: format, isFile: file != nil)
    let isWhole = try write(library, session) { output, path throws(HistoryError) in
      try run.showAll(writer, output, path: path)
    }
    return isWhole ? .done : .interrupted
  }

  /// Has `body` write to where it is to go; whether it came to the end.
  func write(
    _ library: Library, _ session: HistorySession,
    _ body: (OutputBuffer, _ path: String?) throws(HistoryError) -> Bool
  ) throws(HistoryError) -> Bool {
    guard let file, file != "-" else { return try body(session.output(options), nil) }
    do {
      // The link stays, and what it leads to is replaced as a whole.
      let place = try FileNames.followingLinks(FilePath(file))
      for database in session.transcriptPaths(library) {
        if try Self.isOfTranscript(place, database: database) {
          throw HistoryError.outputIsTranscript(file)
        }
      }
      // Replaced by a file, /dev/null would be one for everybody.
      guard FileNames.isReplaceable(place) else {
        let sink = DescriptorSink(try FileDescriptor.openEmptied(place))
        return try body(OutputBuffer(sink), file)
      }
      // What is not finished goes with the value.
      let target = try AtomicFile(place)
      let isWhole = try body(OutputBuffer(target), file)
      // From here on Ctrl-C comes too late.
      session.environment.prepareToWait()
      if isWhole { try target.finish() } else { target.discard() }
      return isWhole
    } catch let error as SystemCallError {
      throw .output(error, path: file)
    } catch {
      throw HistoryError(error)
    }
  }

  /// Whether writing to `path` would write to the transcript or to a file
  /// beside it that is its own, whatever the name (sqlite.org/tempfiles.html;
  /// `-lock` is chatserve's).
  static func isOfTranscript(
    _ path: FilePath, database: String
  ) throws(SystemCallError) -> Bool {
    let database = try FileNames.followingLinks(FilePath(database))
    let written = try FileIdentity(of: path)
    // One that is not there yet has a name alone.
    let isBeside = try Self.directory(of: path) == Self.directory(of: database)
    for ending in ["", "-wal", "-shm", "-journal", "-lock"] {
      let own = FilePath(database.string + ending)
      if isBeside, own.lastComponent == path.lastComponent { return true }
      if let written, try FileIdentity(of: own) == written { return true }
    }
    return false
  }

  private static func directory(of path: FilePath) throws(SystemCallError) -> FileIdentity? {
    let directory = path.removingLastComponent()
    return try FileIdentity(of: directory.isEmpty ? "." : directory)
  }
}
