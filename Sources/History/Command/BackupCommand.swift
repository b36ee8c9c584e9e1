import ArgumentParser
import ChatPosix
import ChatProgram
import Transcript

/// `history backup`: the transcript as it is at one moment, in another file.
struct BackupCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "backup", abstract: "Copy the transcript to a file, whole or not at all, and check it.",
    discussion: """
      Whoever talks meanwhile is not held up, and what is said after the start is not in the copy. \
      To restore it, stop the server, put it in the place of the transcript and remove what \
      is there with -wal and -shm behind the name, which would be taken for the newer words: \
      see chatserve-history(1).
      """)

  @Argument(help: "The file; nobody else may read it.", completion: .file())
  var file: String

  @Flag(help: "Replace the file that is there.")
  var force = false

  @OptionGroup var key: KeyOptions
  @OptionGroup var common: CommonOptions

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    // Forked before the transcript is opened.
    let keys = try session.ownKeys(key)
    // What is not as it should be is the check's to say.
    guard let archive = try session.archive(checksSchema: false) else { return .nothing }
    do {
      let place = try place(besides: archive.connection.path)
      session.environment.prepareToCleanUp()
      let copy = try BackupFile(place)
      guard try fill(copy, from: archive.connection, session) else { return .interrupted }
      guard let result = try check(copy, keys, session) else { return .interrupted }
      guard result.findings.isEmpty else {
        for finding in result.findings {
          session.say("damage: \(HistoryMessages.text(of: finding))")
        }
        throw HistoryError.backupDamaged(file)
      }
      if session.isStopped { return .interrupted }
      guard try copy.finish(replacing: force) else { throw HistoryError.backupExists(file) }
      try show(result, session)
      return .done
    } catch let error as SystemCallError {
      throw .output(error, path: file)
    } catch {
      throw HistoryError(error)
    }
  }

  /// Where it is to be.
  private func place(besides database: String) throws -> FilePath {
    // Where others may write, a link that one of them made leads where they want.
    if let status = try FileStatus(of: FilePath(file), followingLinks: false), status.kind == .link,
      ![FileStatus.effectiveUser, 0].contains(status.owner)
    {
      throw HistoryError.backupForeignLink(file)
    }
    // The link stays, and what it leads to is replaced as a whole.
    let place = try FileNames.followingLinks(FilePath(file))
    if try ExportCommand.isOfTranscript(place, database: database) {
      throw HistoryError.outputIsTranscript(file)
    }
    // SQLite writes no pipe, so `-` is not what it is elsewhere.
    guard !["", "-"].contains(file), FileNames.isReplaceable(place) else {
      throw HistoryError.backupNotFile(file)
    }
    if !force, try FileStatus(of: FilePath(file), followingLinks: false) != nil {
      throw HistoryError.backupExists(file)
    }
    // SQLite would take the log of another database for this one's
    // (https://www.sqlite.org/howtocorrupt.html, 1.3).
    for ending in ["-wal", "-journal"] {
      let neighbour = FilePath(place.string + ending)
      if try FileStatus(of: neighbour, followingLinks: false) != nil {
        throw HistoryError.backupHasLog(neighbour.string)
      }
    }
    return place
  }

  /// - Returns: false where it was stopped.
  private func fill(
    _ copy: BackupFile, from connection: Connection, _ session: HistorySession
  ) throws -> Bool {
    var total: Int?
    let progress = Progress(session, "copying", "page") { total }
    defer { progress.clear() }
    do throws(TranscriptError) {
      return try connection.backUp(to: copy.temporary) { pages, all in
        total = all
        progress.show(pages, every: 1)
        return !session.isStopped
      }
    } catch {
      throw named(error, copy)
    }
  }

  /// - Returns: `nil` where it was stopped.
  private func check(
    _ copy: BackupFile, _ keys: SealKeys, _ session: HistorySession
  ) throws -> Verification? {
    var isStopped = false
    let progress = Progress(session, "checking", "event")
    defer { progress.clear() }
    do throws(TranscriptError) {
      let connection = try Connection.forReading(copy.temporary, checksSchema: false)
      return try connection.stoppable {
        isStopped = isStopped || session.isStopped
        return isStopped
      } _: { () throws(TranscriptError) in
        var verifier = Verifier(connection, keys)
        return try verifier.verify { progress.show($0) }
      }
    } catch {
      if isStopped { return nil }
      throw named(error, copy)
    }
  }

  /// An error of the copy is one of the file that was asked for.
  private func named(_ error: TranscriptError, _ copy: BackupFile) -> TranscriptError {
    var error = error
    if error.path == copy.temporary { error.path = file }
    return error
  }

  private func show(_ result: Verification, _ session: HistorySession) throws(HistoryError) {
    if common.quiet { return }
    var output = session.output()
    output.write(HistoryMessages.backedUp(file, result) + "\n")
    output.flush()
    try session.check(output)
  }
}

extension HistorySession {
  /// Whether the user, or whoever stops the machine, wants no more of it.
  fileprivate var isStopped: Bool {
    if case .interrupted = environment.wait(0) { return true }
    return false
  }
}
