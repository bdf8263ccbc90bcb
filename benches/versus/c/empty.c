/* What every C program does before and after its own work. */
int main(void)
{
    return 0;
}
