// Mailroom: what the postman does next (A15). Finds what is to be told in the rows of the store
// (protocol/domain/telling.h), writes the letter, and says what follows from the relay's word; it
// has no thread and no relay, so that the simulator runs the same.
//
// One turn: begin_turn(), then next() until it has nothing; of a letter, ended() with the relay's
// word. Commands are to be answered before the following next(). One thread; view(), counts() and
// standing() from any.
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

#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "node/mail/letter_words.h"
#include "node/mail/outbox.h"
#include "node/mail/relay.h"
#include "protocol/domain/telling.h"
#include "sync/engine/engine_core.h"
#include "web/app/zones.h"

namespace opora::node {

struct MailView {
  bool configured = false;
  std::uint64_t waiting = 0;   // letters, up to Mailroom::kMaxLooked tickets
  std::uint64_t to_phone = 0;  // calls to make, likewise
  std::optional<TimeMs> oldest;
  std::optional<TimeMs> last_taken;
  // Why letters wait, of the first that does; "sending" when none has to.
  Step step = Step::kSend;
  // Of the relay, while it is not there: since when, when it was looked for and is again, how it
  // failed.
  struct Trouble {
    TimeMs since;
    TimeMs last;
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

enum class HasRelay : std::uint8_t { kNo, kYes };

// To be handed to the relay.
struct OutgoingLetter {
  AggregateId ticket;
  protocol::Telling telling;
  protocol::ToldWhom whom = protocol::ToldWhom::kNobody;
  std::string to;
  std::string wire;
};

class Mailroom {
 public:
  // Tickets that one turn looks at: what is behind them is the next turn's.
  static constexpr std::size_t kMaxLooked = 500;
  // Letters of one turn: the page Sync is as fresh as a turn is long.
  static constexpr std::size_t kMaxSent = 50;
  // Duplicates of which one turn looks whether the ticket that they were merged into has ended.
  static constexpr std::size_t kMaxFollowed = 100;

  struct Settings {
    SiteNo site;
    std::string site_name;
    app::Zone home;
    MailSettings mail;
    // Whether the region's clock says the same.
    std::function<bool()> clock_confirmed;
    // Leases on routed work run from there.
    std::function<std::optional<TimeMs>()> region_heard;
    // With the catalogues that times are worked out from; on the engine's thread.
    std::function<protocol::DecideContext(sync::Decision&)> context;
  };
  // Without a relay nothing is sent and nothing is said: what waits is to be phoned as long as that
  // is so. All outlive the mailroom.
  Mailroom(const sync::Store& store, const sync::Vault& vault, const Clock& clock, Random& random,
           Settings settings, HasRelay relay);

  using Errand = std::variant<OutgoingLetter, sync::Command>;
  void begin_turn();
  // Nothing: the turn is over.
  std::optional<Errand> next();
  // Nothing: there is nothing to say.
  std::optional<sync::Command> ended(const OutgoingLetter& letter, const SmtpEnd& end);

  MailView view() const;
  MailCounts counts() const;
  bool configured() const { return relay_ == HasRelay::kYes; }
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
  struct Waiting {
    AggregateId ticket;
    protocol::Telling telling;
  };
  struct Turn {
    TimeMs now;
    std::vector<AggregateId> merged;  // duplicates that are looked at, the last first
    std::vector<Bytes> found;         // rows of what waits, the oldest first
    std::size_t looked = 0;           // of them
    std::vector<Waiting> waiting;     // of the ticket that is looked at, the last first
    std::size_t sent = 0;
    MailView seen;
  };
  static Recipient recipient_of(const sync::Reader& rows, const protocol::Entity& ticket);
  Circumstances circumstances(const sync::Reader& rows, const protocol::Entity& ticket,
                              const Recipient& to) const;
  bool may_tell(const protocol::TicketState& ticket, TimeMs now) const;
  std::optional<Waiting> next_waiting();
  void look_at(const AggregateId& id);
  protocol::DecideContext context_of(sync::Decision& decision) const;
  void find_merged(const sync::Reader& rows);
  std::optional<sync::Command> news_of_target();
  std::optional<Errand> errand_of(const Waiting& waiting);
  std::optional<Errand> letter_to(const sync::Reader& rows, const protocol::Entity& ticket,
                                  const protocol::Telling& telling, Recipient to);
  sync::Command to_phone(const Waiting& waiting, protocol::TellTrouble why);
  void end_turn();
  Result<std::string> letter(const sync::Reader& rows, const protocol::Entity& ticket,
                             const protocol::Telling& telling, const Recipient& to) const;
  void note_trouble(const SmtpEnd& end);
  void note_answer(Verdict verdict);
  sync::Command saying(const AggregateId& ticket, protocol::TellApplicant told) const;
  sync::Command trying_later(const OutgoingLetter& letter, int reply);
  std::optional<sync::Command> forgetting_old_tries();
  double chance() const;

  const sync::Store& store_;
  const sync::Vault& vault_;
  const Clock& clock_;
  Random& random_;
  const Settings settings_;
  const HasRelay relay_;
  Turn turn_;
  Bytes looked_through_;    // key of the last row that was looked at; empty: none
  Bytes followed_through_;  // likewise, of duplicates
  bool started_ = false;
  std::uint32_t relay_failed_ = 0;  // in a row
  mutable std::mutex mutex_;
  MailView view_;
  MailCounts counts_;
};

}  // namespace opora::node
