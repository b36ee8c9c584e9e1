import ChatCore
import ChatPosix
import ChatServer
import Transcript

/// The lines of a server's log: what happened to whom, and no word of what was said.
extension UserMessages {
  /// - Returns: a line, or several where there are several causes.
  static func log(
    _ notice: ServerNotice, _ style: LogStyle, beside own: Handle, _ file: AllowFile?
  ) -> String {
    let time = Timestamp(milliseconds: Clock.realtimeMilliseconds())
    switch notice {
    case .news(let news):
      return style.line(.info, fields(of: news, beside: own), at: time)
    case .turnedAway(let counts):
      let causes = Admission.Refusal.allCases.compactMap { refusal in
        counts[refusal].map { count in
          style.line(
            .warning,
            [("event", "refuse"), ("cause", "\(refusal)"), ("count", "\(count)")], at: time)
        }
      }
      return causes.joined(separator: "\n")
    default:
      let text = sentence(notice, beside: own, file)
        .split(separator: "\n").joined(separator: " ")
      let isFault = isFault(notice)
      return style.line(
        isFault ? .error : .notice,
        [("event", isFault ? "fault" : "notice"), ("text", text)], at: time)
    }
  }

  private static func fields(
    of news: SessionNews, beside own: Handle
  ) -> [(name: String, value: String)] {
    var fields = [(name: "event", value: name(of: news.kind))]
    if let handle = news.handle {
      fields.append(("name", DisplayName.of(handle, .client, besides: own)))
    }
    if let address = news.address { fields.append(("address", address)) }
    if case .end(let by, let reason) = news.kind {
      fields.append(("by", by?.rawValue ?? "nobody"))
      fields.append(("reason", reason?.rawValue ?? "unknown"))
    }
    return fields
  }

  private static func name(of kind: SessionNews.Kind) -> String {
    switch kind {
    case .open: "open"
    case .floor: "floor"
    case .queue: "queue"
    case .linkDown: "link-down"
    case .back: "back"
    case .end: "close"
    }
  }

  /// Whether something is not as it should be, which somebody may have to mend.
  private static func isFault(_ notice: ServerNotice) -> Bool {
    switch notice {
    case .damagedLines, .allowFileTrouble, .signerDied, .keyLost, .uncontained, .commandFailed,
      .keysUnread, .broken, .closeUnrecorded, .recordingFailed, .transcriptLost, .crashed, .died,
      .misbehaved, .brokeOff, .keeperMisbehaved, .waitsForKernel, .keeperWaitsForKernel,
      .keeperSilent, .keeperKeptLock, .lockKept, .sealMissing, .sealNotKept, .acceptFailed,
      .forkFailed, .notAttachable, .deskDied, .outputFailed, .outputStalled:
      true
    case .listening, .encryptionOnly, .notAllowed, .stranger, .blocked, .nobodySigns,
      .keyReplaced, .opened, .news, .notEncrypted, .protection, .otherKey, .ended, .unread,
      .misnamed, .waits, .joined, .joinedToo, .recordingWorks, .keepsFloor, .waitsNoLonger,
      .stayedAway, .unconfirmed, .linkDown, .linkIsDown, .linkBack, .linkOften, .linkSettled,
      .leftForRestart, .leftOut, .queueIsFull, .refused, .turnedAway, .inputEnded, .nobodyIsHere,
      .attached, .ownTerminal, .stopQuestion:
      false
    }
  }
}
