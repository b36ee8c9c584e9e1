import ChatCore
import ChatPosix
import ChatServer
import Transcript

/// Seals, and what is worth knowing of them.
extension HistoryMessages {
  static let noteNotSigned = """
    without the key that this transcript is sealed with (--key-file names it) the note of what \
    goes is not signed, and "history verify" will say so
    """

  static let otherKeyToSeal =
    "not all is sealed, and the key that this transcript is sealed with is needed (--key-file)"

  static let noKeyToSeal = "not all is sealed, and there is no key to seal it with"

  static func unproved(_ conversations: Int) -> String {
    "\(count(conversations, "conversation")) in no signed seal, and so without a proof; "
      + "\"chatserve history seal\" seals what is not sealed yet"
  }

  static func notAllProved(_ conversation: Int64, events: Int64) -> String {
    "conversation \(conversation): its proof is without \(count(Int(events), "event")) "
      + "not sealed yet"
  }

  private static let missingCause =
    "an older copy was put in its place, or seals were taken out "
    + "(\"chatserve history seal --accept\" accepts it)"

  static func missing(_ mark: SealMark) -> String {
    "seal \(mark.seal), which is kept beside the key, is not in this transcript: \(missingCause)"
  }

  static func missing(_ mark: SealMark, by seal: Int64) -> String {
    "seal \(mark.seal) was not in this transcript when seal \(seal) was made: \(missingCause)"
  }

  static func accepted(_ mark: SealMark) -> String {
    "accepted: seal \(mark.seal) is not in this transcript"
  }

  static let nothingToAccept = "there is nothing to accept: no seal is missing"

  static let noKeyToAccept =
    "without the key that this transcript is sealed with nothing is accepted"

  static func notKept(at path: FilePath, _ trouble: KeyTrouble) -> String {
    let reason = trouble.errno == 0 ? "" : " (\(Errno(rawValue: trouble.errno)))"
    let cause =
      switch trouble.kind {
      case .damaged: "is damaged"
      case .exposed, .exposedDirectory, .linked, .notOwn: "is not yours alone"
      default: "cannot be used\(reason)"
      }
    return "\(TextSanitizer.escapedOnOneLine(path.string)), where the newest seal is kept, \(cause)"
  }

  static func newestNotSigned(_ seal: Int64) -> String {
    "the newest seal, \(seal), is of a removal and is not signed, so it is no line to keep; "
      + "the next one that is signed holds it too"
  }

  static let nothingSealed = "there is nothing to seal, and no seal"

  static func remarks(_ seals: SealSummary, in zone: Zone) -> [String] {
    var remarks: [String] = []
    if let newest = seals.newest {
      let time = Stamp.full(newest.at, in: zone)
      let known =
        !seals.isTrusted
        ? ", whom nobody here knows (--key says whom to trust)"
        : seals.isFormer ? ", your former key" : ""
      remarks.append("sealed until event \(newest.lastEvent), \(time), by \(newest.key)\(known)")
      if seals.unsealedEvents > 0 {
        let events = count(Int(seals.unsealedEvents), "event")
        remarks.append("\(events) after that not sealed yet (no damage)")
      }
    } else if seals.unsealedEvents > 0 {
      remarks.append(
        "no seal: who can write the file could have made all of it anew (no damage)")
    }
    // Where nothing is signed, a note is worth what all the rest is.
    if seals.newest == nil { return remarks }
    remarks += seals.accepted.suffix(10).map { accepted in
      "seal \(accepted.mark.seal), made \(Stamp.full(accepted.mark.at, in: zone)), is not here, which "
        + "was accepted \(Stamp.full(accepted.at, in: zone)) (no damage)"
    }
    return remarks
      + seals.unsigned.prefix(10).map { "seal \($0), of a removal, is not signed (no damage)" }
  }

  static func words(for fault: SealFault) -> String {
    switch fault {
    case .changed: "is not as it was sealed"
    case .reach: "does not reach as far as it must"
    case .signature: "has a signature that does not fit"
    case .unsigned: "is not signed"
    }
  }

  static func text(of fault: SealedFault, _ conversation: Int64, _ seal: Int64) -> String {
    switch fault {
    case .head: "conversation \(conversation): its head is not the one in seal \(seal)"
    case .vanished:
      "conversation \(conversation) is in seal \(seal) and not in the transcript, and no removal took it"
    case .returned: "conversation \(conversation) is there, which seal \(seal) says was removed"
    case .unsealed:
      "conversation \(conversation): it was not there, or not so, at the time of seal \(seal)"
    }
  }
}
