import ChatCore

/// How the link of a conversation has fared, as its events say.
struct LinkProgress {
  /// Of the newest resume, or of what was before; `nil` where that is not known.
  var epoch: Int64?
  private var attempt: Int64 = 0
  private var isLost = false

  /// Takes the next event.
  ///
  /// - Returns: what is wrong with it.
  /// - Throws: what SQLite reports.
  mutating func fault(
    of kind: Event.Kind?, _ event: Statement, _ connection: Connection
  ) throws(TranscriptError) -> LinkFault? {
    switch kind {
    case .drop:
      defer { isLost = true }
      return isLost ? .secondDrop : nil
    case .resume:
      let wasLost = isLost
      isLost = false
      // One without its row has another link in the chain.
      guard let resume = try connection.resume(event.integer(at: .id)) else { return nil }
      defer { (epoch, attempt) = (resume.epoch, resume.attempt) }
      if !wasLost { return .resumeWithoutDrop }
      if let epoch, epoch == .max || resume.epoch != epoch + 1 { return .epoch }
      return resume.attempt > attempt ? nil : .attempt
    case .message where isLost:
      // What was held is recorded with the close.
      let isClients = Party(stored: event.integerOrNil(at: .party)) == .client
      return isClients && event.integerOrNil(at: .held) == nil ? .saidMeanwhile : nil
    case .handle: return isLost ? .saidMeanwhile : nil
    case .open, .message, .mode, .close, nil: return nil
    }
  }
}
