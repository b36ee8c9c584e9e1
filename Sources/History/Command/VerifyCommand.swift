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
      throw .value(
        format.rawValue, option: "verify -o", takes: "text, json, json-pretty")
    }
    let keys = try keys(session)
    var lines: [SealLine] = []
    for text in kept {
      guard let line = SealLine(text) else {
        throw .value(text, option: "--seal", takes: "a line that \"history seal\" printed")
      }
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
      guard let print = Fingerprint(text) else {
        throw .value(
          text, option: "--key", takes: "SHA256:… as the first line of \"chatserve key\" has it")
      }
      prints.append(print)
    }
    // The process with the key goes with the value.
    let own = try prints.isEmpty || key.isNamed ? session.signer(key) : nil
    if !prints.isEmpty { return SealKeys(trusting: prints, isOwn: false) }
    let former = key.isNamed ? [] : session.environment.formerKeys()
    return SealKeys(
      trusting: Self.prints([own?.publicKey].compactMap { $0 }), isOwn: !key.isNamed,
      former: Self.prints(former))
  }

  private static func prints(_ keys: [[UInt8]]) -> [Fingerprint] {
    keys.compactMap { PublicKey($0)?.fingerprint }
  }

  private func verify(
    _ session: HistorySession, _ keys: SealKeys, _ kept: [SealLine]
  ) throws(HistoryError) -> ProgramExit {
    let here = session.kept(of: try session.location().path, key).mark
    guard let archive = try session.archive(checksSchema: false) else {
      return try reportNothing(session, keys, kept, here)
    }
    let progress = Progress(session, "verifying", "event") {
      // A row without a bar is one too.
      try? archive.count(EventFilter())
    }
    do {
      var verifier = Verifier(archive.connection, keys)
      var result = try verifier.verify { count in progress.show(count) }
      progress.clear()
      if let here {
        if (try? archive.connection.has(here)) == true {
          result.keptHere = here
        } else {
          result.findings.append(.keptHere(here))
        }
      }
      // Of a file that cannot be read, nothing is there.
      for line in kept {
        let seal = try? archive.connection.seal(line.seal)
        if seal.map(SealLine.init) == line {
          result.keptSeals.append(line.seal)
        } else {
          result.findings.append(.keptSeal(line.seal))
        }
      }
      try show(result, session)
      return result.findings.isEmpty ? .done : .nothing
    } catch {
      progress.clear()
      throw HistoryError(error)
    }
  }

  /// Where there is no transcript, nothing is in it that ought to be.
  private func reportNothing(
    _ session: HistorySession, _ keys: SealKeys, _ kept: [SealLine], _ here: SealMark?
  ) throws(HistoryError) -> ProgramExit {
    var result = Verification()
    result.isWhole = true
    result.findings = kept.map { .keptSealOfNothing($0.seal) }
    if let here { result.findings.append(.keptHere(here)) }
    if !keys.isOwn { result.findings += keys.trusted.sorted().map { .keyOfNothing($0) } }
    // That there is none has been said.
    if result.findings.isEmpty, format ?? .text == .text { return .done }
    try show(result, session)
    return result.findings.isEmpty ? .done : .nothing
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
    object["complete"] = .bool(result.isWhole)
    // What was not counted is not 0.
    let count = { (number: Int64) in result.isWhole ? JSONObject.Value.integer(number) : .null }
    let kept = result.isWhole ? result.keptSeals : []
    object["conversations"] = count(result.conversations)
    object["events"] = count(result.events)
    object["messages"] = count(result.messages)
    object["unended_runs"] = count(result.unendedRuns)
    object["pruned_conversations"] = count(result.prunedConversations)
    object["unindexed"] = count(result.unindexed)
    object["seals"] = count(result.seals.count)
    object["sealed_through"] = result.seals.newest.map { .integer($0.lastEvent) } ?? .null
    object["sealed_at"] = .time(result.seals.newest?.at)
    object["sealed_by"] = result.seals.newest.map { .string($0.key) } ?? .null
    object["sealed_by_trusted"] = .bool(result.seals.isTrusted)
    object["sealed_by_former_key"] = .bool(result.seals.isFormer)
    object["unsealed_events"] = count(result.seals.unsealedEvents)
    object["unsigned_removals"] = count(Int64(result.seals.unsigned.count))
    object["kept_seals"] = .array(kept.map { .integer($0) })
    let here = result.isWhole ? result.keptHere : nil
    object["seal_beside_key"] = here.map { .integer($0.seal) } ?? .null
    let accepted = result.isWhole ? result.seals.accepted : []
    object["accepted_losses"] = .array(accepted.map { .integer($0.mark.seal) })
    object["damage"] = .array(
      result.findings.map { .string(HistoryMessages.text(of: $0)) })
    object["other_tables"] = .array(result.otherTables.map { .string($0) })
    return object
  }
}
