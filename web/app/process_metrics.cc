#include "web/app/process_metrics.h"

#include <unistd.h>

#include <fstream>

#include "web/app/disk_room.h"
#include "web/app/login_guard.h"

namespace opora::app {

namespace {

constexpr double kMicrosecond = 1e-6;

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double number(std::uint64_t value) { return static_cast<double>(value); }

void add_sign_ins(MetricsPage& page, const Context& context) {
  for (std::size_t i = 0; i < kSignInOutcomes; ++i) {
    const auto outcome = static_cast<SignInOutcome>(i);
    page.counter("opora_sign_ins_total",
                 "Sign-ins by how they ended: wrong is a wrong login or password, paused was not "
                 "tried after too many failures, busy found too many at once.",
                 number(context.login_guard.counted(outcome)),
                 {{"outcome", outcome_name(outcome)}});
  }
  page.gauge("opora_sign_in_sessions", "Sessions of browsers that are signed in.",
             number(context.sessions.count()));
  page.gauge("opora_live_sessions", "Browsers and programs that listen to the live stream.",
             number(context.live.sessions()));
}

void add_engine(MetricsPage& page, const Context& context) {
  const auto engine = context.engine.figures();
  page.gauge("opora_engine_waiting_commands", "Commands that wait to be decided.",
             number(engine.waiting_commands));
  page.gauge("opora_engine_waiting_batches",
             "Batches of received records that wait to be applied, or are being applied.",
             number(engine.waiting_batches));
  page.counter("opora_engine_refused_commands_total",
               "Commands that were refused because too many waited.",
               number(engine.refused_commands));
  page.histogram("opora_engine_group_commands", "Commands that were committed together.",
                 engine.group_commands, 1);
  page.gauge("opora_worker_waiting_jobs", "Passwords and workbooks that wait for their thread.",
             number(context.worker.waiting()));
  page.counter("opora_worker_refused_jobs_total",
               "Passwords and workbooks that were refused because too many waited.",
               number(context.worker.refused()));
}

void add_store(MetricsPage& page, const sync::RocksStore& store) {
  const sync::StoreFigures figures = store.figures();
  page.gauge("opora_store_healthy", "1 until a write or a read of the store has failed.",
             store.healthy() ? 1 : 0);
  page.histogram("opora_store_commit_duration_seconds",
                 "How long a commit took, its sync to the disk included.", figures.commit_us,
                 kMicrosecond);
  for (std::size_t i = 0; i < figures.table_bytes.size(); ++i) {
    page.gauge("opora_store_table_bytes", "Files of a table of the store.",
               number(figures.table_bytes[i]),
               {{"table", std::string(sync::table_name(static_cast<sync::Table>(i)))}});
  }
  page.gauge("opora_store_memtable_bytes", "Rows of the store that are in memory.",
             number(figures.memtable_bytes));
  page.gauge("opora_store_log_bytes", "Write-ahead logs of the store.", number(figures.log_bytes));
}

void add_disk(MetricsPage& page, const DiskRoom& room) {
  page.gauge("opora_disk_free_bytes", "What this process may still write where its store is.",
             number(room.bytes_free()));
  page.gauge("opora_disk_reserve_bytes", "Kept for calls when the disk is full; 0: given up.",
             number(room.reserve_bytes()));
  page.gauge("opora_disk_low", "1 while the disk is so full that only calls are taken down.",
             room.low() ? 1 : 0);
}

}  // namespace

void add_process_metrics(MetricsPage& page, const Context& context, const sync::RocksStore& store) {
  page.gauge("opora_resident_bytes", "Memory of the process that is resident.", resident_bytes());
  add_sign_ins(page, context);
  add_engine(page, context);
  add_store(page, store);
  if (context.disk_room != nullptr) add_disk(page, *context.disk_room);
}

void add_server_metrics(MetricsPage& page, const web::ServerMetrics& server) {
  page.counter("opora_http_connections_total", "Connections that were accepted.",
               number(server.connections_accepted));
  page.gauge("opora_http_connections_open", "Connections that are open, WebSockets among them.",
             number(server.connections_open));
  page.gauge("opora_websockets_open", "WebSockets that are open.", number(server.websockets_open));
  page.counter("opora_http_requests_total", "Requests whose head was read.",
               number(server.requests));
  for (std::size_t i = 1; i < server.answers_by_class.size(); ++i) {
    page.counter("opora_http_answers_total", "Answers by class of status.",
                 number(server.answers_by_class[i]), {{"class", std::to_string(i) + "xx"}});
  }
  for (std::size_t i = 0; i < server.problems.size(); ++i) {
    page.counter("opora_http_problems_total", "Answers that are a problem, by its code.",
                 number(server.problems[i]), {{"code", code_name(static_cast<Code>(i))}});
  }
  for (std::size_t i = 0; i < server.refused.size(); ++i) {
    page.counter("opora_http_refused_total",
                 "Connections and requests that the server refused before any handler.",
                 number(server.refused[i]),
                 {{"reason", std::string(web::refusal_name(static_cast<web::Refusal>(i)))}});
  }
  page.counter("opora_exceptions_caught_total", "Exceptions of handlers: defects, not crashes.",
               number(server.exceptions_caught));
}

void add_link_metrics(MetricsPage& page, const LinkMetrics& link, TimeMs now,
                      const MetricsPage::Labels& labels) {
  page.gauge("opora_link_up", "1 while the link stands.", link.connected ? 1 : 0, labels);
  page.counter("opora_link_ups_total", "How often the link came up since the process began.",
               number(link.ups), labels);
  page.counter("opora_link_downs_total", "How often the link went down since the process began.",
               number(link.downs), labels);
  if (link.since) {
    page.gauge("opora_link_state_age_seconds", "How long the link has been up, or down.",
               age_s(now, *link.since), labels);
  }
  if (link.unsent) {
    page.gauge("opora_unsent_events", "Records of the site that the region does not have.",
               number(*link.unsent), labels);
  }
  if (link.oldest_unsent) {
    page.gauge("opora_unsent_oldest_age_seconds", "Age of the oldest of these records.",
               age_s(now, *link.oldest_unsent), labels);
  }
  if (link.data_through) {
    page.gauge("opora_data_age_seconds",
               "All that happened at the site is here, but for the last so many seconds.",
               age_s(now, *link.data_through), labels);
  }
  if (link.journal) {
    page.gauge("opora_journal_events", "Records of the site's journal that are here.",
               number(*link.journal), labels);
  }
}

}  // namespace opora::app
