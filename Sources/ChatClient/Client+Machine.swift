import ChatCore
import ChatLink
import ChatPosix
import ChatSecure

extension ClientStart.Former {
  /// What comes of it first.
  var doing: Client.Former { isToEnd ? .ending : .goingOn }
}

/// The conversation's machine, as it begins.
extension Client {
  static func machine(
    _ settings: ClientSettings, at now: Instant
  ) -> Conversation {
    Conversation(
      ConversationSettings(
        role: .client, mode: .turns, handle: settings.handle, wantsFree: settings.mode == .free),
      at: now)
  }

  static func machine(
    goingOnWith record: TalkRecord, _ settings: ClientSettings, at now: Instant
  ) -> Conversation {
    let present = Timestamp(milliseconds: Clock.realtimeMilliseconds())
    var past = record.past
    past.attempt += Keeping.attemptsUnflushed
    return Conversation(
      resuming: past, away: record.away(at: present),
      ConversationSettings(
        role: .client, mode: record.past.mode, handle: record.past.handle,
        wantsFree: settings.mode == .free),
      at: now)
  }
}

extension Client {
  /// On the terms of the conversation; without any the server is judged as at a start.
  func transport(
    on socket: FileDescriptor, at now: Instant
  ) -> (transport: any Transport, secure: SecureTransport?)? {
    if let terms {
      return terms.transport(on: socket, at: now) { [weak self] in self?.report(.otherKey($0)) }
    }
    guard let context else { return nil }
    return LinkTerms.transport(on: socket, in: context, at: now) { [trust] in
      trust.judge($0, isTemporary: $1)
    }
  }
}
