import ArgumentParser
import ChatProgram
import Transcript

/// `history seal`: seals what no server has sealed yet, and says in one line what to keep
/// elsewhere.
struct SealCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "seal", abstract: "Seal what is not sealed yet, and print the newest seal.",
    discussion: """
      The line is to be kept where nobody can reach who can write to the transcript: \
      "verify --seal LINE" says whether the transcript still has that seal.
      """)

  @Flag(help: "Accept the transcript as it is, where a seal that was made here is missing.")
  var accept = false

  @OptionGroup var key: KeyOptions
  @OptionGroup var common: CommonOptions

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    // Forked before the transcript is opened.
    let signer = try session.signer(key)
    var kept = session.kept(of: try session.location().path, key)
    guard let archive = try session.archive() else {
      if accept, signer != nil, let mark = kept.mark {
        kept.keep(nil)
        session.note(HistoryMessages.accepted(mark))
      }
      return .nothing
    }
    do {
      let own = try session.own(signer, archive.connection, isKnown: kept.mark != nil)
      var isWhole = true
      if let own {
        let connection = try Connection.forWriting(archive.connection.path)
        connection.limitValues()
        if accept { try accept(connection, own, &kept, session) }
        isWhole = try seal(connection, own, &kept, session)
      }
      // What somebody says while this runs is not asked for.
      let unsealed = try own == nil && SealDraft.isWanted(archive.connection)
      if unsealed {
        session.say(
          try archive.connection.isSealed()
            ? HistoryMessages.otherKeyToSeal : HistoryMessages.noKeyToSeal)
      }
      if own == nil, accept { session.say(HistoryMessages.noKeyToAccept) }
      guard let newest = try archive.connection.newestSeal() else {
        if !unsealed { session.note(HistoryMessages.nothingSealed) }
        return .nothing
      }
      // Whoever can write the file can make one that is not signed.
      guard newest.signature != nil else {
        session.say(HistoryMessages.newestNotSigned(newest.id))
        return .nothing
      }
      var output = session.output()
      output.write(SealLine(newest).text + "\n")
      output.flush()
      try session.check(output)
      return unsealed || !isWhole || (accept && own == nil) ? .nothing : .done
    } catch {
      throw HistoryError(error)
    }
  }

  /// Nobody else waits meanwhile, and signing takes a ten-thousandth of it.
  private static let signedWithin = Duration.seconds(5)

  /// - Returns: whether the seal that was kept is there.
  private func seal(
    _ connection: Connection, _ signer: any SealSigner, _ kept: inout KeptHere,
    _ session: HistorySession
  ) throws -> Bool {
    var isWhole = true
    while let draft = try SealDraft.make(
      connection, at: session.now, key: signer.publicKey, keeping: kept.mark)
    {
      if let loss = draft.loss, isWhole {
        isWhole = false
        session.say(HistoryMessages.missing(loss))
      }
      let signature = signer.signature(of: draft.statement, within: Self.signedWithin)
      guard let signature else { throw HistoryError.unsealed }
      // Where a server has sealed meanwhile, there may be nothing left.
      let isInserted = try connection.write { () throws(TranscriptError) in
        try draft.insert(connection, signature: signature)
      }
      if isInserted { kept.keep(draft.mark) }
    }
    if let newest = try connection.newestMark() { kept.keep(newest) }
    return isWhole
  }

  private func accept(
    _ connection: Connection, _ signer: any SealSigner, _ kept: inout KeptHere,
    _ session: HistorySession
  ) throws {
    guard let marks = try connection.acceptLosses(kept.mark, at: session.now, signer) else {
      throw HistoryError.unsealed
    }
    if marks.isEmpty { session.note(HistoryMessages.nothingToAccept) }
    for mark in marks { session.note(HistoryMessages.accepted(mark)) }
    if let newest = try connection.newestMark() { kept.keep(newest) }
  }
}

/// With which key: the same on every verb that signs or asks who signed.
struct KeyOptions: ParsableArguments {
  @Option(
    help: """
      The key. Otherwise $XDG_CONFIG_HOME/chatserve/key or ~/.config/chatserve/key.
      """, completion: .file())
  var keyFile: String?

  /// What is empty counts as not given.
  var isNamed: Bool { keyFile?.isEmpty == false }
}
