import ArgumentParser
import ChatCore
import ChatProgram
import ChatSecure
import Transcript

/// `history verify`: is the transcript as it should be?
struct VerifyCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "verify", abstract: "Check the transcript; 1 when it is damaged.",
    discussion:
      "Runs that ended without a word, prunes and a late index are reported and are no damage.")

  @Option(
    name: [.customShort("o", allowingJoined: true), .customLong("output-format")],
    help: ArgumentHelp("text, json or json-pretty.", valueName: "format"),
    completion: .list(["text", "json", "json-pretty"]))
  var format: FormatName?

  @Flag(help: "The same as -o json.")
  var json = false

  @Option(
    name: .customLong("key"),
    help: ArgumentHelp(
      "Trust seals of this key, SHA256:…; without it, of your own.", valueName: "fingerprint"))
  var trusted: [String] = []

  @Option(
    name: .customLong("seal"),
    help: ArgumentHelp(
      "Say whether this seal is there, as \"history seal\" printed it.", valueName: "line"))
  var kept: [String] = []

  @OptionGroup var key: KeyOptions
  @OptionGroup var common: CommonOptions

  mutating func validate() throws {
    if json { format = try FormatName.json(orGiven: format) }
  }

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    if let format, ![.text, .json, .jsonPretty].contains(format) {
      throw .value(format.rawValue, option: "verify -o")
    }
    let keys = try keys(session)
    var lines: [SealLine] = []
    for text in kept {
      guard let line = SealLine(text) else { throw .value(text, option: "--seal") }
      lines.append(line)
    }
    do throws(HistoryError) {
      return try verify(session, keys, lines)
    } catch {
      // A file too damaged to be opened, or read to its end, is what was asked
      // about.
      guard case .transcript(let cause) = error, cause.kind == .corrupt else { throw error }
      var result = Verification()
      result.findings = [.integrity(cause.message ?? "the file cannot be read")]
      try show(result, session)
      return .nothing
    }
  }

  /// Whose seals are trusted: of those that are named, else of the user's own, where it
  /// has sealed this transcript.
  private func keys(_ session: HistorySession) throws(HistoryError) -> SealKeys {
    var prints: [Fingerprint] = []
    for text in trusted {
      guard let print = Fingerprint(text) else { throw .value(text, option: "--key") }
      prints.append(print)
    }
    // The process with the key goes with the value.
    if prints.isEmpty, let own = session.signer(key).flatMap({ PublicKey($0.publicKey) }) {
      return SealKeys(trusting: [own.fingerprint], isOwn: key.keyFile == nil)
    }
    return SealKeys(trusting: prints, isOwn: false)
  }

  private func verify(
    _ session: HistorySession, _ keys: SealKeys, _ kept: [SealLine]
  ) throws(HistoryError) -> ProgramExit {
    guard let archive = try session.archive(checksSchema: false) else { return .done }
    let progress = Progress(session, "verifying", "event") {
      // A row without a bar is one too.
      try? archive.count(EventFilter())
    }
    do {
      var verifier = Verifier(archive.connection, keys)
      var result = try verifier.verify { count in progress.show(count) }
      progress.clear()
      // Of a file that cannot be read, nothing is there.
      for line in kept {
        let seal = try? archive.connection.seal(line.seal)
        if seal.map(SealLine.init) != line { result.findings.append(.keptSeal(line.seal)) }
      }
      try show(result, session)
      return result.findings.isEmpty ? .done : .nothing
    } catch {
      progress.clear()
      throw HistoryError(error)
    }
  }

  private func show(_ result: Verification, _ session: HistorySession) throws(HistoryError) {
    var output = session.output()
    if format ?? .text == .text {
      write(result, session, into: &output)
    } else {
      Self.object(result).write(isPretty: format == .jsonPretty, into: &output)
      output.write("\n")
    }
    output.flush()
    try session.check(output)
  }

  private func write(
    _ result: Verification, _ session: HistorySession, into output: inout OutputBuffer
  ) {
    for finding in result.findings {
      output.write("damage: \(HistoryMessages.text(of: finding))\n")
    }
    if common.quiet { return }
    for remark in HistoryMessages.remarks(result, in: session.zone) {
      output.write("note: \(remark)\n")
    }
    output.write(HistoryMessages.verified(result) + "\n")
  }

  private static func object(_ result: Verification) -> JSONObject {
    var object = JSONObject()
    object["v"] = .integer(1)
    object["type"] = .string("verify")
    object["ok"] = .bool(result.findings.isEmpty)
    object["conversations"] = .integer(result.conversations)
    object["events"] = .integer(result.events)
    object["messages"] = .integer(result.messages)
    object["unended_runs"] = .integer(result.unendedRuns)
    object["pruned_conversations"] = .integer(result.prunedConversations)
    object["unindexed"] = .integer(result.unindexed)
    object["seals"] = .integer(result.seals.count)
    object["sealed_through"] = result.seals.newest.map { .integer($0.lastEvent) } ?? .null
    object["sealed_at"] = .time(result.seals.newest?.at)
    object["sealed_by"] = result.seals.newest.map { .string($0.key) } ?? .null
    object["sealed_by_trusted"] = .bool(result.seals.isTrusted)
    object["unsealed_events"] = .integer(result.seals.unsealedEvents)
    object["unsigned_removals"] = .integer(Int64(result.seals.unsigned.count))
    object["damage"] = .array(
      result.findings.map { .string(HistoryMessages.text(of: $0)) })
    object["other_tables"] = .array(result.otherTables.map { .string($0) })
    return object
  }
}
