import CSQLite
import Glibc

/// Ends a blocking call of this thread with EINTR once its time is over, for
/// calls that have no limit of their own.
///
/// The timer's signal goes to this thread alone (timer_create(2),
/// SIGEV_THREAD_ID) and comes again every ``beat``, in case one comes just
/// before the call.
struct Alarm {
  /// Nanoseconds between the signals, once the time is over.
  private static let beat = 20_000_000

  private var timer: timer_t?
  /// Whether there is a timer; without one the call would have no end.
  private(set) var isSet = false
  private var mask = sigset_t()

  /// Starts the time, which ``stop()`` ends.
  init(milliseconds: Int32) {
    // A real-time signal that nothing else here uses. Its handler stays: a last
    // one may still be on its way, and the default action would kill.
    let number = __libc_current_sigrtmin() + 7
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    sigaction(number, &action, nil)

    var event = sigevent()
    event.sigev_notify = Int32(chat_sigev_thread_id)
    event.sigev_signo = number
    event._sigev_un._tid = gettid()
    // A process's first timer is number 0: a null pointer.
    guard timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 else { return }
    isSet = true

    var open = sigset_t()
    sigemptyset(&open)
    sigaddset(&open, number)
    pthread_sigmask(SIG_UNBLOCK, &open, &mask)
    var time = itimerspec()
    time.it_value.tv_sec = Int(milliseconds) / 1000
    // Nothing at all would turn the timer off.
    time.it_value.tv_nsec = Int(milliseconds) % 1000 * 1_000_000 + 1
    time.it_interval.tv_nsec = Self.beat
    timer_settime(timer, 0, &time, nil)
  }

  /// Ends it; to be called once.
  func stop() {
    guard isSet else { return }
    timer_delete(timer)
    var mask = mask
    pthread_sigmask(SIG_SETMASK, &mask, nil)
  }
}
