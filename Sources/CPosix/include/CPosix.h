#pragma once
int cposix_placeholder(void);
