// Slows guessing of passwords down, and counts how sign-ins end. Two limits, since a hospital's
// desks may all come from one address (a proxy, NAT, a terminal server):
//
// - of one login from one address: kFreeFailures at once, then a pause after each failure that
//   doubles up to kMaxPauseMs. Who guesses in a colleague's name pauses himself, not the colleague
//   at another desk; behind one address they share the pause, a minute at most.
// - of one address, whatever the logins: kAddressFailures at once, then one every kAddressEveryMs.
//   That is for trying one password on many logins, and far above the typing errors of a large
//   site.
//
// A pause lets the right password wait too: nobody learns from the answer that it was right. Any
// thread; `now` is an argument.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "protocol/base/clock.h"

namespace opora::app {

// How a sign-in ended.
enum class SignInOutcome : std::uint8_t {
  kLetIn,
  kWrong,   // login or password; or the user may not sign in here (any more)
  kPaused,  // by the guard
  kBusy,    // too many at once
  kLease,   // of the region, which was not heard of for too long
};
inline constexpr std::size_t kSignInOutcomes = 5;
const char* outcome_name(SignInOutcome outcome);  // "let_in"…, the label in /metrics

class LoginGuard {
 public:
  static constexpr int kFreeFailures = 10;  // typing errors of one person at a shift change
  // At most 1 440 guesses a day at one login: years for any password that is not the first guess.
  static constexpr std::int64_t kMaxPauseMs = 60'000;
  static constexpr std::int64_t kForgetMs = 15 * 60'000;  // after the last failure
  // 200 desks, and a site has fewer, where every second person errs at a shift change.
  static constexpr int kAddressFailures = 100;
  // As many as are forgiven of one address all day long: 14 400 guesses at all logins together.
  static constexpr std::int64_t kAddressEveryMs = 6'000;
  // Then a table starts afresh: memory stays bounded. Filling it takes an address hours.
  static constexpr std::size_t kMaxKeys = 10'000;

  struct Who {
    std::string login;
    std::string address;
    auto operator<=>(const Who&) const = default;
  };

  // How long until the next attempt may be made; 0: now.
  std::int64_t wait_ms(const Who& who, TimeMs now);
  void failed(const Who& who, TimeMs now);
  // Forgets the failures of this login from this address, not those of the address: whoever has one
  // password must not get a fresh start for guessing others.
  void succeeded(const Who& who);

  void count(SignInOutcome outcome) { ++outcomes_[static_cast<std::size_t>(outcome)]; }
  std::uint64_t counted(SignInOutcome outcome) const {
    return outcomes_[static_cast<std::size_t>(outcome)];
  }

 private:
  static std::int64_t pause_ms(int failures);
  struct Row {
    int failures = 0;
    TimeMs last;
  };
  // A bucket of failures that leaks.
  struct Bucket {
    TimeMs empty_at;  // when all of them would be forgiven
  };
  std::int64_t login_wait_ms(const Who& who, TimeMs now);
  std::int64_t address_wait_ms(const std::string& address, TimeMs now);

  std::mutex mutex_;
  std::map<Who, Row> logins_;
  std::map<std::string, Bucket> addresses_;
  std::array<std::atomic<std::uint64_t>, kSignInOutcomes> outcomes_{};
};

}  // namespace opora::app
