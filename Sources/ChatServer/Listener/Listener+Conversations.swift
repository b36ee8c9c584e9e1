import ChatCore
import ChatPosix
import ChatTerminal
import Transcript

/// The machine's events and actions.
extension Listener {
  func post(_ event: ListenerMachine.Event, at now: Instant) {
    var actions: [ListenerMachine.Action] = []
    machine.handle(event, at: now, &actions)
    perform(actions, at: now)
  }

  /// Says something that others can cause, as long as there is not too much of
  /// it.
  func post(_ notice: ServerNotice, at now: Instant) {
    var actions: [ListenerMachine.Action] = []
    machine.notify(notice, at: now, &actions)
    perform(actions, at: now)
  }

  func perform(_ actions: [ListenerMachine.Action], at now: Instant) {
    for action in actions {
      switch action {
      case .order(let order, let process):
        if send(order, to: process) == .wouldBlock {
          post(.orderRefused(process, isQueue: order.code == .queue), at: now)
        }
      case .giveFloor(let process, let draft, let memory):
        giveFloor(to: process, draft, memory, at: now)
      case .startDesk: startDesk(at: now)
      case .stopGroup:
        flush()
        Signals.stopProcessGroup()
        // What comes after this came after the stop.
        post(.continued(inForeground: isInForeground), at: Self.now)
      case .kill(let process):
        silenced.insert(process)
        // The number of one that is reaped may be another's.
        if process != reaped { ChildProcess.kill(process) }
      case .inspect(let process):
        let isInKernel = ProcessState.of(process) == "D"
        post(
          .silent(process, isInKernel: isInKernel, keeper: keeper?.livingProcess), at: now)
      case .askKeeper: keeper?.ask()
      case .findLockHolder: findLockHolder(at: now)
      case .killKeeper: if let process = keeper?.livingProcess { ChildProcess.kill(process) }
      case .nameLockHolder(let process):
        post(.lockKept(by: process, name: process.flatMap(ProcessName.of)), at: now)
      case .notify(let notice): notify(notice)
      case .ask(.closeResumable(var death)):
        // One that is not waited for to the end ends now.
        death.at = min(death.at, Self.timeOfDay)
        keeper?.enqueue(.closeResumable(death))
      case .ask(let request): keeper?.enqueue(request)
      case .restoreTerminal: restoreTerminal()
      case .attach(let process):
        if !send([.attach], to: process) { post(.floorRefused(process), at: now) }
      case .terminalIsBack(let end): giveBackTerminal(end, at: now)
      case .closePort:
        // The place first: who gets the port looks there next.
        door?.closeEntrance(at: now)
        socket.close()
      }
    }
  }

  private func findLockHolder(at now: Instant) {
    guard let database = settings.database else { return }
    let sight = TranscriptLock.holder(database: database).map { holder in
      switch holder {
      case .process(let process):
        LockWatch.Sight(process: process, isInKernel: ProcessState.of(process) == "D")
      case .unnamed: LockWatch.Sight(process: nil, isInKernel: false)
      }
    }
    post(.lockSeen(sight, keeper: keeper?.livingProcess), at: now)
  }

  private func giveFloor(
    to process: Int32, _ draft: [UInt8], _ memory: [UInt8], at now: Instant
  ) {
    let isAlone = settings.isDetached && machine.attachedProcess != process
    let orders =
      ControlLimits.parts(ofMemory: memory).map(ListenerOrder.memory)
      + ControlLimits.parts(ofDraft: draft).map(ListenerOrder.draft)
      + [isAlone ? .unattendedFloor : .floor]
    if !send(orders, to: process) { post(.floorRefused(process), at: now) }
  }

  /// Sends several, and before the terminal how it is to be drawn on.
  ///
  /// - Returns: false where one found no room. The end of a process that is gone gives its
  ///   draft back.
  private func send(_ orders: [ListenerOrder], to process: Int32) -> Bool {
    for order in orders {
      if order.bringsTerminal, let view = door?.attached?.view,
        send(.view(view), to: process) == .wouldBlock
      {
        return false
      }
      switch send(order, to: process) {
      case .sent: continue
      case .wouldBlock: return false
      case .closed: return true
      }
    }
    return true
  }

  /// What cannot be sent for want of memory counts as not taken.
  func send(_ order: ListenerOrder, to process: Int32) -> MessageSocket.SendResult {
    guard let entry = sockets.first(where: { $0.processID == process }) else { return .closed }
    let terminal: [FileDescriptor] =
      order.bringsTerminal
      ? (door?.attached?.terminal ?? [.standardInput, output.descriptor, errors.descriptor])
        + [settings.desk.typedLines?.descriptor].compactMap { $0 } : []
    return (try? entry.socket.send(order.bytes, passing: terminal)) ?? .wouldBlock
  }

  /// Reads what a conversation reports, `limit` reports at most.
  func read(_ socket: MessageSocket, of process: Int32, limit: Int, at now: Instant) {
    for _ in 0..<limit where !silenced.contains(process) {
      switch try? socket.receive(maximumLength: ControlLimits.messageLength) {
      case .message(let bytes):
        post(.report(process, bytes), at: now)
        // Who is forked later inherits what this process remembers.
        if bytes.first == ReportCode.claim.rawValue { RandomBytes.wipe(bytes) }
      case .tooLong: post(.overlongReport(process), at: now)
      // Without memory for it, it is read later.
      case .wouldBlock, nil: return
      case .endOfFile:
        silenced.insert(process)
        post(.hungUp(process), at: now)
      }
    }
  }

  func take(_ signal: Signal, at now: Instant) {
    switch signal {
    case .interrupt: post(.stop("SIGINT"), at: now)
    case .terminate: post(.stop("SIGTERM"), at: now)
    case .hangup: post(.stop("SIGHUP"), at: now)
    case .childChanged: reap(at: now)
    case .continued: post(.continued(inForeground: isInForeground), at: now)
    case .restart: post(.restart("SIGUSR2"), at: now)
    case .quit, .windowChange, .terminalStop: break
    }
  }

  /// Takes the dead off the list and has recorded what they could not.
  private func reap(at now: Instant) {
    for ended in ChildProcess.reap() {
      if let keeper, ended.processID == keeper.processID {
        keeper.takeBack()
      } else if ended.processID == arrivals?.processID {
        arrivals?.takeBack()
      } else if ended.processID == signer.processID {
        signerDied(at: Self.now)
      } else {
        bringToAnEnd(ended.processID, ended.status)
      }
    }
  }

  func bringToAnEnd(_ process: Int32, _ status: ExitStatus) {
    guard let index = sockets.firstIndex(where: { $0.processID == process }) else { return }
    let now = Self.now
    // What it reported last comes before its end.
    reaped = process
    read(
      sockets[index].socket, of: process, limit: ControlLimits.messagesAfterTheEnd, at: now)
    reaped = nil
    sockets.remove(at: index).socket.close()
    silenced.remove(process)
    post(.ended(process, status, at: Self.timeOfDay), at: now)
  }

  /// Whether keys on the terminal are for this job.
  private var isInForeground: Bool {
    door?.attached != nil || FileDescriptor.standardInput.isInForeground
  }

  /// Starts the process that has the terminal while nobody has the floor. Not in
  /// the background, where the terminal is the shell's.
  private func startDesk(at now: Instant) {
    guard isInForeground else { return post(.deskNotStarted, at: now) }
    do throws(SystemCallError) {
      let (child, socket) = try ChildProcess.forkWithSocket { [self, settings, words] socket in
        Signals.resetInChild()
        closeInChild()
        return IdleDesk.main(
          listener: ListenerLink(socket, null: null), settings: settings, words: words)
      }
      sockets.append((child, socket))
      post(.deskStarted(child), at: now)
    } catch {
      post(.deskNotStarted, at: now)
    }
  }

  /// Puts the terminal back after a process that was killed, and takes the line off the
  /// screen that it was drawing, as far as that can be known: from the cursor's row on.
  private func restoreTerminal() {
    let line = "\r\u{1b}[0m\u{1b}[J"
    if let attached = door?.attached {
      let sequence = attached.drawsEditor ? TerminalMode.resetSequence + line : ""
      return attached.mode.restore(
        input: attached.input, output: attached.output, sequence: sequence)
    }
    terminal?.restore(input: .standardInput, output: output.descriptor)
    if settings.desk.drawsEditor { _ = output.write(line) }
  }
}
