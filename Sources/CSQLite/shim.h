// SQLite's C interface as the system installs it.
#ifndef TEMPER_SQLITE_SHIM_H
#define TEMPER_SQLITE_SHIM_H
#include <sqlite3.h>
#endif
