#include "node/telephony/queue/plan.h"

#include <algorithm>

#include "protocol/domain/working_time.h"

namespace opora::telephony {

namespace {

// Nothing of a call lasts longer.
constexpr std::int64_t kLongestMs = 24 * 3'600'000;

bool is_time(std::int64_t ms) { return ms >= 0 && ms <= kLongestMs; }

Status check_route(const Plan& plan, const Route& route, const std::string& path) {
  if (const auto* queue = std::get_if<ToQueue>(&route)) {
    if (!plan.queues.contains(queue->queue)) return invalid(path, "no such queue");
    if (queue->priority.v > kMaxPriority) return invalid(path, "priority is 0 to 9");
  } else if (const auto* menu = std::get_if<ToMenu>(&route)) {
    if (!plan.menus.contains(menu->menu)) return invalid(path, "no such menu");
  } else {
    const QueueNo back = std::get<ToClosed>(route).calls_back;
    if (back.v != 0 && !plan.queues.contains(back)) return invalid(path, "no such queue");
  }
  return ok_status();
}

Status check_lines(const Plan& plan) {
  for (const auto& [name, line] : plan.lines) {
    const std::string path = "lines." + name;
    OPORA_TRY(check_route(plan, line.otherwise, path + ".otherwise"));
    for (std::size_t i = 0; i < line.rules.size(); ++i) {
      const std::string rule = path + ".rules[" + std::to_string(i) + "]";
      OPORA_TRY(check_route(plan, line.rules[i].route, rule + ".route"));
      if (const auto hours = protocol::check(line.rules[i].when); !hours.ok())
        return invalid(rule + ".when." + hours.error().path, hours.error().message);
    }
  }
  return ok_status();
}

Status check_menus(const Plan& plan) {
  for (const auto& [no, menu] : plan.menus) {
    const std::string path = "menus[" + std::to_string(no.v) + "]";
    if (!is_time(menu.digit_ms)) return invalid(path + ".digit_ms", "0 to 24 hours");
    OPORA_TRY(check_route(plan, menu.otherwise, path + ".otherwise"));
    for (const auto& [digit, route] : menu.digits) {
      const std::string at = path + ".digits." + digit;
      const bool known = (digit >= '0' && digit <= '9') || digit == '*' || digit == '#';
      if (!known) return invalid(at, "0 to 9, * or #");
      OPORA_TRY(check_route(plan, route, at));
    }
  }
  return ok_status();
}

Status check_stages(const std::vector<Stage>& stages, const std::string& path) {
  if (stages.size() > kMaxStages) return invalid(path, "too many");
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const bool first_late = i == 0 && stages[i].after_ms != 0;
    const bool early = i > 0 && stages[i].after_ms <= stages[i - 1].after_ms;
    if (first_late || early || !is_time(stages[i].after_ms))
      return invalid(path, "from 0, each later than the one before");
  }
  return ok_status();
}

// Following the overflow from queue to queue comes to an end.
Status check_overflow(const Plan& plan, QueueNo from, const std::string& path) {
  QueueNo at = from;
  for (std::size_t hops = 0; hops <= plan.queues.size(); ++hops) {
    const QueuePlan* queue = plan.queue(at);
    if (queue == nullptr) return invalid(path, "no such queue");
    if (queue->overflow.to != OverflowTo::kQueue) return ok_status();
    at = queue->overflow.queue;
  }
  return invalid(path, "comes back to where it began");
}

Status check_queue(const Plan& plan, QueueNo no, const QueuePlan& queue) {
  const std::string path = "queues[" + std::to_string(no.v) + "]";
  if (no.v == 0) return invalid(path, "numbers begin at 1");
  for (const std::int64_t ms :
       {queue.ring_ms, queue.wrap_up_ms, queue.announce_every_ms, queue.call_back_after_ms,
        queue.overflow.waited_ms, queue.overflow.estimate_ms})
    if (!is_time(ms)) return invalid(path, "times are 0 to 24 hours");
  if (queue.ring_ms == 0) return invalid(path + ".ring_ms", "a phone rings for some time");
  OPORA_TRY(check_stages(queue.stages, path + ".stages"));
  return check_overflow(plan, no, path + ".overflow");
}

Status check_agents(const Plan& plan) {
  for (const auto& [no, agent] : plan.agents) {
    const std::string path = "agents[" + std::to_string(no.v) + "]";
    if (no.v == 0) return invalid(path, "numbers begin at 1");
    for (const auto& [queue, rank] : agent.serves)
      if (!plan.queues.contains(queue) || rank.v == 0)
        return invalid(path + ".serves", "no such queue, or rank 0");
  }
  for (const auto& [no, group] : plan.reserves) {
    const bool known = plan.queues.contains(group.queue) && group.rank.v != 0 &&
                       std::all_of(group.agents.begin(), group.agents.end(),
                                   [&](AgentNo each) { return plan.agents.contains(each); });
    if (!known) return invalid("reserves[" + std::to_string(no.v) + "]", "no such queue or agent");
  }
  return ok_status();
}

bool is_open(const Plan& plan, const Rule& rule, TimeMs at) {
  const std::int64_t local = at.v + plan.zone(at) * protocol::kMinuteMs;
  const std::int64_t in_day = (local % protocol::kDayMs + protocol::kDayMs) % protocol::kDayMs;
  const auto minute = static_cast<std::uint16_t>(in_day / protocol::kMinuteMs);
  const protocol::LocalDay day = protocol::local_day(at, plan.zone);
  const protocol::DayHours hours = protocol::hours_on(rule.when, plan.production, day);
  return std::any_of(hours.hours.begin(), hours.hours.end(), [&](const protocol::DaySpan& span) {
    return span.from <= minute && minute < span.to;
  });
}

}  // namespace

const QueuePlan* Plan::queue(QueueNo no) const {
  const auto found = queues.find(no);
  return found == queues.end() ? nullptr : &found->second;
}

Status check(const Plan& plan) {
  if (plan.queues.size() > kMaxQueues) return invalid("queues", "too many");
  if (plan.lines.size() > kMaxLines) return invalid("lines", "too many");
  if (plan.menus.size() > kMaxMenus) return invalid("menus", "too many");
  if (plan.agents.size() > kMaxAgents) return invalid("agents", "too many");
  if (!plan.queues.contains(plan.home)) return invalid("home", "no such queue");
  if (!plan.zone) return invalid("zone", "required");
  OPORA_TRY(check_lines(plan));
  OPORA_TRY(check_menus(plan));
  for (const auto& [no, queue] : plan.queues) OPORA_TRY(check_queue(plan, no, queue));
  return check_agents(plan);
}

Route route_of(const Plan& plan, std::string_view line, TimeMs at) {
  const auto found = plan.lines.find(line);
  if (found == plan.lines.end()) return ToQueue{plan.home};
  for (const Rule& rule : found->second.rules)
    if (is_open(plan, rule, at)) return rule.route;
  return found->second.otherwise;
}

}  // namespace opora::telephony
