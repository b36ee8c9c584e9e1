import ChatProgram
import Transcript

/// `export --proof`: conversations with what others need to check them.
extension ExportCommand {
  /// A proof is of all of a conversation, and has one form.
  func checkProof(_ selection: Selection) throws(HistoryError) {
    let isOfPart =
      selection.asksForEvents || selection.limit != nil || selection.newestFirst
      || options.count || options.null
    if isOfPart || (options.format ?? .json) != .json { throw .proofOfPart }
    if common.database.count > 1 { throw .oneTranscript }
  }

  func exportProofs(
    _ library: Library, _ selection: Selection, _ session: HistorySession
  ) throws(HistoryError) -> ProgramExit {
    guard let archive = library.archives.first else { return .done }
    var filter = selection.conversations
    filter.ids = try archive.resolve(ids)
    var (proofs, unproved) = (0, 0)
    let progress = Progress(session, "exporting", "conversation") { nil }
    defer { progress.clear() }
    let isWhole = try write(library, session) { output, path throws(HistoryError) in
      var output = output
      do {
        let found = archive.conversations(filter, newestFirst: false, counting: false)
        while output.failure == nil, let conversation = try found.next() {
          guard let proof = try archive.connection.proof(of: conversation.id) else {
            unproved += 1
            continue
          }
          if proof.unsealed > 0 {
            session.note(HistoryMessages.notAllProved(conversation.id, events: proof.unsealed))
          }
          output.write(ProofLine(proof).text + "\n")
          proofs += 1
          progress.show(proofs, every: 1)
        }
      } catch {
        throw HistoryError(error)
      }
      output.flush()
      try session.check(output, path: path)
      return true
    }
    if unproved > 0 { session.say(HistoryMessages.unproved(unproved)) }
    return !isWhole ? .interrupted : unproved > 0 || proofs == 0 ? .nothing : .done
  }
}
