// The simplified interface of libpng as the system installs it.
#ifndef TEMPER_PNG_SHIM_H
#define TEMPER_PNG_SHIM_H
#include <png.h>
#endif
