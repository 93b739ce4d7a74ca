// Who sets things right that no program may decide: here, a site that runs on two machines.
//
// A clone: both work, people at either, until somebody notices. Then one is stopped for good and
// the other goes on, after the hub was told to adopt what it has; the one that was stopped is
// started once more in its place until that is adopted, too; then the first one takes over again.
// Nothing that was answered by either is lost. A hub that was restored may have forgotten what was
// decided, long after the site is one machine again: it is told once more.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "tests/sim/region/checks.h"

namespace opora::sim {

class Administrator {
 public:
  using Find = std::function<Process*(SiteNo)>;
  Administrator(Sim& sim, Network& network, Checks& checks, Find find)
      : sim_(sim), network_(network), checks_(checks), find_(std::move(find)), deaf_(checks) {}

  // A site that is one machine becomes two.
  void clone(SiteNo site);
  bool cloned(SiteNo site) const { return copies_.contains(site); }
  // The process that answers people of this site now.
  Process* answers(SiteNo site);
  // A site gets the newest version, all its machines at once.
  void upgrade(SiteNo site);
  // Ends what is under way, soon; decides from now on whatever the hub asks about.
  void peace(std::uint32_t sites);
  bool busy() const { return !copies_.empty(); }

 private:
  enum class Step { kBoth, kFirst, kSecond };
  // What a clone hears is no news: the checkers know one machine a site. Its letters go out.
  class Deaf final : public Watch {
   public:
    explicit Deaf(Watch& checks) : checks_(checks) {}

   private:
    void acked(SiteNo, SiteNo, sync::StreamKind, StreamPos) override {}
    void sends(SiteNo, SiteNo, const Bytes&) override {}
    void holds_through(SiteNo, SiteNo, Hlt) override {}
    void alarm(SiteNo, SiteNo, sync::AlarmCode, const std::string&) override {}
    void set_aside(SiteNo, SiteNo, const std::string&) override {}
    void starts_afresh(SiteNo) override {}
    void recalled(SiteNo self, StreamPos end) override { checks_.recalled(self, end); }
    void waiting(SiteNo, std::size_t) override {}
    LetterBook& letters() override { return checks_.letters(); }
    CommandId own_command() override { return checks_.own_command(); }
    void heard(SiteNo, TimeMs) override {}
    void letter_handed(SiteNo self, const sync::Reader& rows,
                       const node::OutgoingLetter& letter) override {
      checks_.letter_handed(self, rows, letter);
    }
    Watch& checks_;
    void device_away(SiteNo, const std::vector<sync::GuardedRow>&) override {}
  };
  struct Copy {
    std::unique_ptr<Process> clone;
    Step step = Step::kBoth;
    std::int64_t noticed_ms = 0;
  };

  void look(SiteNo site);
  void decide(SiteNo site);
  void decide_again(std::uint32_t sites);
  bool joined(SiteNo site, const Process& process) const;

  Sim& sim_;
  Network& network_;
  Checks& checks_;
  Find find_;
  Deaf deaf_;
  std::map<SiteNo, Copy> copies_;
  std::vector<std::unique_ptr<Process>> retired_;  // what is planned for them may still come
};

}  // namespace opora::sim
