import ChatCore
import ChatPosix
import ChatTerminal

/// A terminal for a server that was started without one.
extension Listener {
  /// Sentences that wait for a terminal: more than there is cause for in the moment that it
  /// takes.
  private static let heldLimit = 64

  /// Has terminals come in. Where that cannot be, the server runs without, and says so once.
  func openDoor() {
    guard settings.isDetached else { return }
    // From where it was started, a terminal is a shell's: whoever reads it here, as one that
    // is attached, would be stopped as a background job.
    CurrentTerminal.leave()
    do throws(AttachFault) {
      let (socket, directory) = try LocalSocket.open(port: socket.boundPort)
      door = AttachDoor(
        socket, in: directory, as: AttachPlace.name(port: self.socket.boundPort))
    } catch {
      notify(.notAttachable(error))
    }
  }

  func readDoor(at now: Instant) {
    guard let door else { return }
    let findings = door.read(
      at: now, isLeaving: machine.attachment?.end != nil, isStopping: machine.stopping != nil)
    for finding in findings {
      switch finding {
      case .attached: post(.attached, at: now)
      case .resized:
        // As the kernel would send it, were the terminal its own.
        if let process = machine.attachedProcess {
          _ = try? Signals.send(.windowChange, to: process)
        }
      case .continued:
        guard let process = machine.attachedProcess else { break }
        if machine.desk?.processID == process {
          _ = send(.resume, to: process)
        } else {
          _ = try? Signals.send(.continued, to: process)
        }
      case .leaves(let end): post(.detach(end), at: now)
      }
    }
  }

  /// Says to the operator what there was to say while the terminal was on its way, and once
  /// where the keys go now.
  func greetAttached() {
    guard let door, let process = machine.attachedProcess, !machine.terminalIsOnItsWay else {
      return
    }
    let held = door.heldSentences
    door.heldSentences = []
    for sentence in held { _ = send(.notice(sentence), to: process) }
    guard door.isToGreet else { return }
    let sentence = words.sentence(.attached(port: socket.boundPort))
    door.isToGreet = send(.notice(sentence), to: process) != .sent
  }

  func giveBackTerminal(_ end: AttachEnd, at now: Instant) {
    if door?.giveBack(end) == true { post(.attached, at: now) }
  }

  /// Has the operator at an attached terminal read what goes to standard error. Who comes and
  /// who waits the desk says itself.
  func notifyAttached(_ notice: ServerNotice) {
    if case .news = notice { return }
    guard machine.stopping == nil, machine.hasTerminalToGive, let door else { return }
    let sentence = words.sentence(notice)
    if !machine.terminalIsOnItsWay, let process = machine.attachedProcess {
      _ = send(.notice(sentence), to: process)
    } else if door.heldSentences.count < Self.heldLimit {
      door.heldSentences.append(sentence)
    }
  }

  func closeDoor() {
    door?.close(at: Self.now)
    door = nil
  }
}
