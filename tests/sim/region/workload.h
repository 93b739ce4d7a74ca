// The people of the region: they register calls, contacts and tickets, change users and catalogues,
// erase. Each command has an Idempotency-Key and is repeated with it until it is answered, as the
// browser does; what was answered is written into the ledger, which the checkers hold against the
// stores.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/region/process.h"
#include "tests/support/region.h"

namespace opora::sim {

// A command that was answered with ok.
struct Answered {
  SiteNo site;
  CommandId command;
  std::string what;
  Bytes answer;
  bool may_be_empty = false;  // a telling that was known already makes no event
};

struct Ledger {
  std::vector<Answered> answered;
  std::map<std::string, std::uint64_t> refused;  // by reason: the rules said no
  struct Erasure {
    SiteNo site;
    CommandId command;
  };
  std::map<AggregateId, Erasure> erased;
  // Sites at which a user may ever have been: by what was asked for, whatever was answered.
  std::map<AggregateId, std::set<SiteNo>> user_sites;
  std::map<AggregateId, SiteNo> contacts;  // registered, and not asked to be erased
  std::set<CommandId> asked;               // whatever was answered
  std::set<CommandId> lost;                // with a store, before the hub had them
  // On a second device alone, behind records that are lost, or beside those of another machine of
  // the site: it must keep them for a person.
  std::set<CommandId> kept_aside;
  std::set<SiteNo> restored;              // sites that once had an older store
  std::set<protocol::FileId> lost_files;  // with a store, while no other had them to give
  // To whom letters about a ticket may go: by the command that opened it.
  std::map<CommandId, std::string> applicants;
  // Of every call that a telephone system told of to its end: who was on the line, and which
  // command told of the end.
  struct Call {
    SiteNo site;
    std::string phone;
    CommandId end;
  };
  std::map<AggregateId, Call> calls;
  // Persons who went over from one site to another (T23): the calls that they are, and which
  // commands told of them.
  struct Journey {
    std::set<AggregateId> calls;
    std::vector<std::pair<SiteNo, CommandId>> told;
  };
  std::map<protocol::JourneyId, Journey> journeys;
};

class Workload {
 public:
  // Finds the process that answers for a site now.
  using Find = std::function<Process*(SiteNo)>;
  Workload(Sim& sim, std::uint32_t sites, Find find);

  // Spread over the coming `within_ms`.
  void plan(std::size_t commands, std::int64_t within_ms);
  // What the region needs before anything else: topics, sites, users.
  void plan_beginning();

  // Whoever is on the line hangs up.
  void hang_up();

  bool all_answered() const { return open_.empty(); }
  // What is not, by its key, and what was said of it last.
  const std::map<std::string, std::string>& open() const { return open_; }
  std::size_t asked() const { return asked_; }
  const Ledger& ledger() const { return ledger_; }
  std::optional<AggregateId> any_ticket();
  std::optional<AggregateId> first_user() const;
  std::optional<protocol::FileId> any_file();
  // Beside a clone the region may have other records at the place of those on the second device.
  enum class Machines { kOne, kTwo };
  // A site's store is about to be an older one: what neither that nor the hub has, nor the second
  // device, is lost for good.
  void on_restore(SiteNo site, const sync::Reader& now, const sync::Reader& then,
                  const sync::Reader& hub, const SecondDevice& device, Machines machines);
  // These records are on the second device no more, or it is away when they are needed.
  void on_device_loss(const std::vector<sync::GuardedRow>& records, const sync::Reader& own,
                      const sync::Reader& hub);
  // The hub's: what it did itself since is lost, and what it held of sites that have it no more.
  // Erasures are repeated, as a restore does from the list beside the backups.
  void on_hub_restore(const sync::Reader& now, const sync::Reader& then,
                      const std::function<const Process*(SiteNo)>& site);
  // Two machines answer for the site: a command may be done at both.
  void on_clone(SiteNo site) { ledger_.restored.insert(site); }

 private:
  struct UploadForm {
    AggregateId ticket;
    Bytes content;
  };
  struct Task {
    SiteNo site;
    std::string what;
    std::string key;
    std::function<sync::Command()> make;
    bool may_be_empty = false;
    std::function<void(const Bytes&)> then{};
    std::optional<UploadForm> upload{};
    std::string name{};              // its first key
    std::function<void()> before{};  // asks for what it needs, when that is not there
    std::uint64_t attempt = 0;
    bool finished = false;
  };
  using Shared = std::shared_ptr<Task>;

  void begin(Task task);
  void attempt(const Shared& task);
  using Done = std::function<void(Result<sync::Answer>)>;
  Done browser(const Shared& task);
  void say(const Shared& task, Process& process, sync::Command command, Done done);
  void upload(const Shared& task, Process& process);
  void again(const Shared& task, std::int64_t delay_ms);
  void heard(const Shared& task, Result<sync::Answer> answer);
  void finish(const Shared& task, const Bytes& answer);
  void ask_once_more(const Shared& task, const Bytes& answer);
  static sync::CommandKey key(const Task& task);

  void find_gap(const SecondDevice& device, const sync::Reader& own, const sync::Reader& hub);
  using KeepsFile = std::function<bool(const protocol::FileId&, SiteNo origin)>;
  void lose_files(const sync::Reader& now, const KeepsFile& kept);

  void something();
  void at_site(SiteNo site);
  void at_hub();
  void contact(SiteNo site);
  static std::string officer_of(SiteNo site);
  std::string leave_address(protocol::RegisterContact& form, std::int64_t draw);
  void ticket_action(SiteNo site);
  protocol::TicketAction any_action();
  void act(SiteNo site, const AggregateId& ticket, const protocol::TicketAction& action,
           std::function<void(const Bytes&)> then = {});
  void ask_applicant(SiteNo site, const AggregateId& ticket);
  void hand_up(SiteNo site, const AggregateId& ticket);
  void tell(SiteNo site, const AggregateId& ticket);
  void of_kind(SiteNo site, const AggregateId& ticket);
  void notice(SiteNo site);
  void tie(SiteNo site, const AggregateId& ticket);
  void solve(SiteNo site, const AggregateId& ticket);
  void call_back(SiteNo site, const AggregateId& problem);
  void plan_queue(std::uint8_t line);
  void calendar(std::uint8_t line);
  void wording();
  void offer(SiteNo site, const AggregateId& ticket);
  void take_back(SiteNo site, const AggregateId& ticket);
  void reply(SiteNo to, const AggregateId& ticket);
  void take_over(const AggregateId& ticket);
  SiteNo any_site();
  void attach(SiteNo site, const AggregateId& ticket);
  void erase_ticket();
  struct Line;
  void telephone(SiteNo site);
  void call(SiteNo site);
  void call_told_anyhow(SiteNo site);
  void comes(SiteNo site);
  void goes_on(Line& line);
  void tell_of(Line& line, protocol::CallStep step);
  bool may_go_over(const Line& line) const;
  void goes_over(Line& line);
  bool came_over(Line& line);
  Line* other_side(const Line& line);
  void other_side_ends(Line& line);
  void agent_state(SiteNo site);
  void owed(SiteNo site);
  void claim(SiteNo site, const AggregateId& task);
  void tried(SiteNo site, const AggregateId& task, const std::string& by);
  void lend(SiteNo site, const AggregateId& task);
  void take_home(SiteNo site, const AggregateId& task);
  void problem(SiteNo site);
  void edit_problem(const AggregateId& id);
  void erase(SiteNo site);
  void user();
  std::string fresh(const char* what) { return std::string(what) + std::to_string(++names_); }

  Sim& sim_;
  std::uint32_t sites_;
  Find find_;
  Ledger ledger_;
  std::uint64_t names_ = 0;
  std::map<std::string, std::string> open_;
  std::size_t asked_ = 0;
  std::map<SiteNo, std::vector<AggregateId>> tickets_;
  std::vector<std::pair<AggregateId, SiteNo>> problems_;
  struct Notice {
    AggregateId id;
    SiteNo where;
    SiteNo facility;
  };
  std::vector<Notice> notices_;
  std::vector<AggregateId> users_;
  // A call that goes on, as its telephone system has it.
  struct Line {
    SiteNo site;
    std::string id;
    std::string phone;
    std::string line;
    std::string agent{};
    protocol::Direction direction = protocol::Direction::kIn;
    DeskNo desk{};
    std::uint32_t seq = 0;
    protocol::CallStep last = protocol::CallStep::kQueued;
    TimeMs entered{};
    protocol::JourneyId journey{};
    SiteNo from_site{};
    // The same person's call at another site, while there is one.
    SiteNo there{};
    std::string there_id{};
    bool handed_over = false;
  };
  std::map<SiteNo, std::vector<Line>> lines_;
  std::vector<protocol::FileId> files_;  // of tickets that nobody wanted erased
};

}  // namespace opora::sim
