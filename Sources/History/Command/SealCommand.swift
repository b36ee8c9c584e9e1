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

  @OptionGroup var key: KeyOptions
  @OptionGroup var common: CommonOptions

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    // Forked before the transcript is opened.
    let signer = try session.signer(key)
    guard let archive = try session.archive() else { return .nothing }
    do {
      let own = try session.own(signer, archive.connection)
      if let own { try seal(archive.connection.path, own, session) }
      // What somebody says while this runs is not asked for.
      let unsealed = try own == nil && SealDraft.isWanted(archive.connection)
      if unsealed {
        session.say(
          try archive.connection.isSealed()
            ? HistoryMessages.otherKeyToSeal : HistoryMessages.noKeyToSeal)
      }
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
      return unsealed ? .nothing : .done
    } catch {
      throw HistoryError(error)
    }
  }

  /// Nobody else waits meanwhile, and signing takes a ten-thousandth of it.
  private static let signedWithin = Duration.seconds(5)

  private func seal(
    _ path: String, _ signer: any SealSigner, _ session: HistorySession
  ) throws {
    let connection = try Connection.forWriting(path)
    while let draft = try SealDraft.make(connection, at: session.now, key: signer.publicKey) {
      let signature = signer.signature(of: draft.statement, within: Self.signedWithin)
      guard let signature else { throw HistoryError.unsealed }
      // Where a server has sealed meanwhile, there may be nothing left.
      _ = try connection.write { () throws(TranscriptError) in
        try draft.insert(connection, signature: signature)
      }
    }
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
