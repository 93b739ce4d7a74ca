#include "tests/sim/region/process.h"

#include <utility>

#include "sync/feed/marks.h"
#include "tests/sim/region/life.h"

namespace opora::sim {

LinkKey key_of_site(SiteNo site) {
  Bytes key = KeyWriter().u32(site.v).take();
  key.resize(sizeof(LinkKey), '\x5a');
  return LinkKey::from(key).value_or(LinkKey{});
}

Process::Process(Sim& sim, Network& network, Watch& watch, SiteNo site, std::uint64_t who)
    : sim_(sim),
      network_(network),
      watch_(watch),
      site_(site),
      who_(who),
      disk_(sim, site),
      device_(sim, site),
      after_damage_(site == kHubSite ? sync::AfterDamage::kRefuse : sync::AfterDamage::kGoOn),
      clock_(sim.timeline),
      random_(sim),
      site_key_(protocol::SiteKey::random(random_)) {}

Process::~Process() { die(); }

void Process::start() {
  if (held_) return;
  ++starts_;
  die();
  const auto life = std::make_shared<Life>(*this);
  life_ = life;
  const Status opened = life->open_store();
  if (life_ != life) return;  // the power failed in it
  if (!opened.ok()) {
    sim_.story.tell(name_of(site_), "cannot start: " + opened.error().message);
    life_.reset();
    // Somebody reads why.
    if (opened.error().code == Code::kCorrupt) after_damage_ = sync::AfterDamage::kGoOn;
    return start_after(sim_.dice.between(200, 1'500));
  }
  if (site_ == kHubSite) after_damage_ = sync::AfterDamage::kRefuse;
  sim_.story.tell(name_of(site_), "runs");
  life->open_link();
}

void Process::start_after(std::int64_t delay_ms) {
  sim_.timeline.after(delay_ms, [this, starts = ++starts_] {
    if (starts == starts_) start();
  });
}

void Process::restart() {
  if (!life_) return;
  sim_.story.tell(name_of(site_), "is restarted");
  std::exchange(life_, nullptr)->stop();
  start_after(sim_.dice.between(50, 1'000));
}

void Process::power_cut(std::int64_t away_ms) {
  sim_.story.tell(name_of(site_), "power cut");
  die();
  disk_.power_cut();
  device_.power_cut();
  start_after(away_ms);
}

void Process::switch_off() {
  ++starts_;
  die();
}

void Process::hold() {
  held_ = true;
  switch_off();
}

void Process::release() {
  held_ = false;
  start();
}

void Process::be_older(protocol::Vocabulary vocabulary) {
  vocabulary_ = std::move(vocabulary);
  was_older_ = true;
  sim_.story.fault("older version");
}

void Process::upgrade() {
  sim_.story.tell(name_of(site_), older() ? "is upgraded" : "is upgraded to the same types");
  const bool ran = running();
  if (ran) std::exchange(life_, nullptr)->stop();
  vocabulary_ = {};
  if (sim_.dice.percent(50)) disk_.forget_projection();
  if (ran) start_after(sim_.dice.between(50, 1'000));
}

void Process::become_copy_of(const Process& other) {
  site_key_ = other.site_key_;
  vocabulary_ = other.vocabulary_;
  disk_.restore(other.disk_.image());
  disk_.copy_head(other.disk_);
  device_.become_copy_of(other.device_);
}

void Process::mark_safe(const std::vector<std::pair<SiteNo, StreamPos>>& heads) {
  sync::Command command;
  command.decide = [heads](sync::Decision& decision) {
    for (const auto& [site, n] : heads) {
      const auto row = sync::safe_row(sync::StreamKind::kJournal, site, n);
      decision.put_meta(row.first, *row.second);
    }
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [](const Result<sync::Answer>&) {};
  submit(std::move(command));
}

void Process::on_time_skipped() {
  if (life_) life_->on_time_skipped();
}

void Process::decide_fork(SiteNo site, protocol::Verdict decision) {
  if (life_) life_->decide_fork(site, decision);
}

void Process::die() {
  if (const auto life = std::exchange(life_, nullptr)) life->kill();
}

bool Process::submit(sync::Command command) {
  if (!life_) return false;
  life_->submit(std::move(command));
  return true;
}

}  // namespace opora::sim
