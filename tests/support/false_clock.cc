// A wall clock that is wrong, for a daemon under test: loaded before it (LD_PRELOAD), adds the
// seconds that the file OPORA_FALSE_CLOCK has in its first eight bytes (mapped; int64 of this
// machine) to what the process reads as the time of day. Spans of steady time stay true.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

#include <dlfcn.h>
#include <pthread.h>

namespace {

// A moment beyond this is one of the time of day; steady time counts from the machine's start.
constexpr std::time_t kLongAgo = 100'000'000;

// No allocation and no lock: allocators ask for the time while they start.
volatile const std::int64_t* mapped() {
  static volatile const std::int64_t* seconds = nullptr;
  if (seconds != nullptr) return seconds;
  const char* path = std::getenv("OPORA_FALSE_CLOCK");
  const int file = path != nullptr ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return nullptr;
  void* page = mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (page != MAP_FAILED) seconds = static_cast<const std::int64_t*>(page);
  return seconds;
}

std::int64_t wrong_by() {
  const volatile std::int64_t* seconds = mapped();
  return seconds != nullptr ? *seconds : 0;
}

bool of_day(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE; }

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* out) noexcept {
  const auto status = static_cast<int>(syscall(SYS_clock_gettime, clock, out));
  if (status == 0 && of_day(clock)) out->tv_sec += wrong_by();
  return status;
}

int gettimeofday(timeval* out, void*) noexcept {
  timespec now{};
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  *out = {now.tv_sec, now.tv_nsec / 1'000};
  return 0;
}

std::time_t time(std::time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

// The kernel waits by the true time.
int pthread_cond_timedwait(pthread_cond_t* cond, pthread_mutex_t* mutex, const timespec* until) {
  using Wait = int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*);
  static const auto wait = reinterpret_cast<Wait>(dlsym(RTLD_NEXT, "pthread_cond_timedwait"));
  timespec true_moment = *until;
  if (true_moment.tv_sec > kLongAgo) true_moment.tv_sec -= wrong_by();
  return wait(cond, mutex, &true_moment);
}

}  // extern "C"
