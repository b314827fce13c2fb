/* Wine before 9 lacks bcryptprimitives.dll, which every Windows since 8 has. Laid beside the trial's program only. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, (ULONG)size); }
