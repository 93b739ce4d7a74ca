// Postman: tells the applicants of this site's tickets by mail (A15). Looks for what is to be told
// in the rows of the store (protocol/domain/telling.h), sends, and says in the ticket's journal
// what came of it. One thread calls turn(); view() from any.
//
// What must hold.
// 1. The owner's site sends, and no other: a letter is looked for under its owner, and what came of
//    it is decided by the owner's rules.
// 2. Nothing is said to be sent before the relay took it; what the relay took and was not said
//    (a kill in between) is sent again with the same Message-ID and the same bytes.
// 3. A letter cannot be taken back: it waits for a clock that the region confirms, and for the
//    journal of a restored store to be whole again.
// 4. No letter keeps another from being sent: one that is refused or not taken for too long becomes
//    a call to make; one that is asked to wait lets the others by.
// 5. Neither a log nor a metric has an address, a text or a relay's answer, which quotes them.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "node/mail/letter_words.h"
#include "node/mail/outbox.h"
#include "node/mail/relay.h"
#include "protocol/domain/telling.h"
#include "sync/engine/engine.h"
#include "web/app/metrics_page.h"
#include "web/app/zones.h"

namespace opora::node {

struct MailView {
  bool configured = false;
  std::uint64_t waiting = 0;   // letters, up to Postman::kMaxLooked tickets
  std::uint64_t to_phone = 0;  // calls to make, likewise
  std::optional<TimeMs> oldest;
  std::optional<TimeMs> last_taken;
  // Why letters wait, of the first that does; "sending" when none has to.
  Step step = Step::kSend;
  // Of the relay, while it is not there: since when, when it is looked for again, how it failed.
  struct Trouble {
    TimeMs since;
    TimeMs next;
    SmtpStage stage{};
    int reply = 0;
  };
  std::optional<Trouble> trouble;
};

// Since the start.
struct MailCounts {
  std::uint64_t taken = 0;
  std::uint64_t later = 0;
  std::uint64_t refused = 0;
  std::uint64_t relay_away = 0;
  std::uint64_t given_up = 0;
  std::uint64_t no_address = 0;
};

class Postman {
 public:
  // How late a letter may go after what it tells of.
  static constexpr int kEveryMs = 1'000;
  // Tickets that one turn looks at: what is behind them is the next turn's.
  static constexpr std::size_t kMaxLooked = 500;
  // Letters of one turn: the page Sync is as fresh as a turn is long.
  static constexpr std::size_t kMaxSent = 50;

  struct Settings {
    SiteNo site;
    std::string site_name;
    app::Zone home;
    MailSettings mail;
    // Whether the region's clock says the same.
    std::function<bool()> clock_confirmed;
    // Leases on routed work run from there.
    std::function<std::optional<TimeMs>()> region_heard;
  };
  // Without a relay nothing is sent and nothing is said: what waits is to be phoned as long as that
  // is so. All outlive the postman.
  Postman(const sync::Store& store, sync::Engine& engine, const Clock& clock, Random& random,
          Settings settings, LetterCatalogue words, std::unique_ptr<Relay> relay);

  void turn();
  // From any thread: the turn under way ends soon.
  void stop();

  MailView view() const;
  MailCounts counts() const;
  void add_metrics(app::MetricsPage& page) const;
  bool configured() const { return relay_ != nullptr; }
  // Of one telling, for the ticket's card; and how it was tried.
  struct Standing {
    Step step = Step::kSend;
    std::uint32_t tries = 0;
    std::optional<TimeMs> next;
    std::uint32_t reply = 0;
  };
  Standing standing(const sync::Reader& rows, const protocol::Entity& ticket,
                    const protocol::Telling& telling) const;

 private:
  struct Recipient {
    std::string address;  // empty: none
    protocol::ToldWhom whom = protocol::ToldWhom::kNobody;
  };
  struct Turn;
  static Recipient recipient_of(const sync::Reader& rows, const protocol::Entity& ticket);
  Circumstances circumstances(const sync::Reader& rows, Address address) const;
  bool may_tell(const protocol::TicketState& ticket, TimeMs now) const;
  void look_at(Turn& turn, const AggregateId& id);
  void tell(Turn& turn, const protocol::Entity& ticket, const protocol::Telling& telling);
  void send(Turn& turn, const protocol::Entity& ticket, const protocol::Telling& telling,
            const Recipient& to);
  Result<std::string> letter(const sync::Reader& rows, const protocol::Entity& ticket,
                             const protocol::Telling& telling, const Recipient& to) const;
  void note_trouble(const SmtpEnd& end);
  void say(const protocol::Entity& ticket, protocol::TellApplicant told);
  void try_later(const protocol::Entity& ticket, const protocol::Telling& telling, Tries tries,
                 int reply);
  // Waits for its answer.
  bool run(std::function<Result<sync::Answer>(sync::Decision&)> decide);
  void forget_old_tries();
  double chance() const;

  const sync::Store& store_;
  sync::Engine& engine_;
  const Clock& clock_;
  Random& random_;
  const Settings settings_;
  const LetterCatalogue words_;
  const std::unique_ptr<Relay> relay_;  // null: none
  std::atomic<bool> stopping_{false};
  Bytes looked_through_;  // key of the last row that was looked at; empty: none
  bool started_ = false;
  std::uint32_t relay_failed_ = 0;  // in a row
  mutable std::mutex mutex_;
  MailView view_;
  MailCounts counts_;
};

}  // namespace opora::node
