import ArgumentParser
import ChatCore
import ChatProgram
import ChatTerminal
import Transcript

/// Deletes whole conversations for good, after a question: what `prune` and
/// `delete` share.
struct Deletion {
  let session: HistorySession
  let archive: Archive
  let options: DeletionOptions
  /// The verb, as it is typed.
  let verb: String
  let wanted: Pruner.Wanted
  /// What is said where nothing is wanted.
  let nothing: String
  /// Whoever signs the note of it; `nil`: nobody does.
  private let signer: (any SealSigner)?
  private let kept: KeptHere

  /// A signer with a key that the transcript is not sealed with signs nothing: its note
  /// would be a stranger's.
  init(
    session: HistorySession, archive: Archive, options: DeletionOptions, verb: String,
    wanted: Pruner.Wanted, nothing: String, signer: (any SealSigner)?
  ) throws(HistoryError) {
    self.session = session
    self.archive = archive
    self.options = options
    self.verb = verb
    self.wanted = wanted
    self.nothing = nothing
    kept = session.kept(of: archive.connection.path, options.key)
    self.signer = try session.own(signer, archive.connection, isKnown: kept.mark != nil)
  }

  func perform() throws(HistoryError) -> ProgramExit {
    do {
      if options.dryRun { return try preview() }
      let extent = try pruner(archive.connection).preview(wanted)
      if extent.conversations == 0 {
        session.note(nothing)
        return try scrubAgain()
      }
      if signer == nil, try archive.connection.isSealed() {
        session.say(HistoryMessages.noteNotSigned)
      }
      if !options.yes {
        guard session.environment.canAsk else { throw HistoryError.unconfirmed(verb) }
        guard confirm(extent) else {
          session.note(HistoryMessages.notPruned)
          return .done
        }
      }
      return try delete(expected: extent)
    } catch {
      throw HistoryError(error)
    }
  }

  private func pruner(_ connection: Connection) -> Pruner {
    Pruner(connection, now: session.environment.now)
  }

  private func preview() throws -> ProgramExit {
    var extent = Pruner.Extent()
    var output = session.output()
    let environment = session.environment
    var format: any HistoryFormat =
      environment.isTerminal
      ? TerminalFormat(
        zone: session.zone,
        screen: Screen(environment),
        palette: session.palette(.auto))
      : TSVFormat(zone: session.zone)
    try pruner(archive.connection).each(wanted) { conversation in
      format.listed(conversation, into: &output)
      extent.add(conversation)
    }
    output.flush()
    try session.check(output)
    session.note(
      extent.conversations == 0 ? nothing : HistoryMessages.wouldPrune(extent, of: wanted))
    return .done
  }

  private func confirm(_ extent: Pruner.Extent) -> Bool {
    try? session.environment.errors.write(
      Array(HistoryMessages.confirmPrune(extent, of: wanted).utf8))
    let answer = session.environment.readAnswer()?.lowercased()
    return answer == "y" || answer == "yes"
  }

  private func delete(expected: Pruner.Extent) throws -> ProgramExit {
    let path = archive.connection.path
    let sizeBefore = Archive.size(of: path)
    let connection = try Connection.forWriting(path)
    connection.limitValues()
    // Read anew: a server may have sealed since the question was asked.
    var kept = session.kept(of: path, options.key)
    if let signer, let mark = kept.mark,
      try connection.sealLoss(of: mark, at: session.now, signer) != nil
    {
      session.say(HistoryMessages.missing(mark))
    }
    defer {
      if signer != nil, let newest = try? connection.newestMark() { kept.keep(newest) }
    }
    let pruner = pruner(connection)
    let progress = Progress(session, "deleting", "conversation") { expected.conversations }
    let extent = try pruner.prune(wanted, now: session.now, signer) { count in
      progress.show(count, every: 1)
    }
    progress.clear()
    if signer != nil, !extent.isSigned { session.say(HistoryMessages.noteNotSigned) }
    guard scrub(pruner) else { return .inputOutput }
    let sizeAfter = Archive.size(of: path)
    session.note(HistoryMessages.pruned(extent, of: wanted, before: sizeBefore, after: sizeAfter))
    return .done
  }

  /// An earlier deletion may have been ended before its bytes were out of the
  /// file, and nothing in the file says whether it was.
  private func scrubAgain() throws -> ProgramExit {
    guard try archive.pruned().conversations > 0 else { return .done }
    session.note(HistoryMessages.takingOut)
    return scrub(pruner(try Connection.forWriting(archive.connection.path))) ? .done : .inputOutput
  }

  /// - Returns: whether it could be done; the reason why not has been said.
  private func scrub(_ pruner: Pruner) -> Bool {
    var total: Int?
    let index = Progress(session, "taking words out", "page")
    lazy var file = Progress(session, "rewriting the file", "page") { total }
    do throws(TranscriptError) {
      let isLogEmpty = try pruner.scrub { scrubbed in
        switch scrubbed {
        case .index(let pages): index.show(pages, every: 1)
        case .file(let pages, let all):
          total = all
          file.show(pages, every: 1)
        }
      }
      index.clear()
      file.clear()
      if !isLogEmpty { session.note(HistoryMessages.logNotEmptied) }
      return true
    } catch {
      index.clear()
      file.clear()
      session.say(HistoryMessages.scrubFailed(error))
      return false
    }
  }
}

/// Whether to ask first, or only to look: the same on both verbs that delete.
struct DeletionOptions: ParsableArguments {
  @Flag(name: [.customShort("n"), .long], help: "Only list what would be deleted.")
  var dryRun = false

  @Flag(name: [.short, .long], help: "Do not ask.")
  var yes = false

  @OptionGroup var key: KeyOptions
  @OptionGroup var common: CommonOptions

  /// Whoever signs the note. Where one only looks, nobody need, but a key that is named is
  /// there.
  func signer(_ session: HistorySession) throws(HistoryError) -> (any SealSigner)? {
    dryRun && !key.isNamed ? nil : try session.signer(key)
  }
}
